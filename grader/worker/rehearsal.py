"""Answer one request of each kind before the fork, so that no worker is the first to.

The first time fills tables (of dtypes, of message types, of parsed formats) in memory that a
fork shares with its parent; every worker that filled them itself would have hundreds of pages copied.
"""

from __future__ import annotations

import linecache
import sys
from typing import TYPE_CHECKING

import torch

from grader.worker.serve import Server
from grader.worker.tensors import tensor_value
from grader.worker.wire import Call, Differentiate, Load, Success, decode_reply, decode_request, encode

if TYPE_CHECKING:
    from grader.worker.wire import Reply, Request

FILE_NAME = "rehearsal.py"
SOURCE = b"import torch\n\n\ndef scaled(x, y):\n    return x * y.sum()\n"
# What the first operation on `meta` imports, for a fifth of a second.
META_PART = "torch.fx.experimental.symbolic_shapes"


def rehearse() -> None:
    """Load a file, call a function, differentiate it, and leave no trace of it but warm tables."""
    server = Server()

    def ask(request: Request) -> Reply:
        return decode_reply(encode(server.handle(decode_request(encode(request)))))

    inputs, ones = tensor_value(torch.ones(2, requires_grad=True)), tensor_value(torch.ones(2))
    try:
        ask(Load(1, SOURCE, FILE_NAME, 0))
        called = ask(Call(2, "scaled", (inputs, ones), (), 0, graph=True))
        if isinstance(called, Success):
            ask(Differentiate(3, called.node, (ones,), create_graph=False))
        if META_PART in sys.modules:
            far = tensor_value(torch.ones(2, device="meta"))
            ask(Call(4, "scaled", (far, far), (), 0))
    finally:
        sys.modules.pop(FILE_NAME.removesuffix(".py"), None)
        linecache.cache.pop(FILE_NAME, None)
