"""Import torch, and what an exercise asks for, once and fast."""

from __future__ import annotations

import gc
import importlib
import sys
import warnings
from typing import TYPE_CHECKING

from grader.worker import pictures

if TYPE_CHECKING:
    from collections.abc import Iterable

# What torch imports no sooner than it is wanted, up to a second at a time: an optimiser and
# vmap want the first, forward mode the second, meta tensors the third, autograd.grad the rest.
LATE_IMPORTS = (
    "torch._dynamo",
    "torch._decomp.decompositions_for_jvp",
    "torch.fx.experimental.symbolic_shapes",
    "numpy.random",
)


def preload(modules: Iterable[str]) -> None:
    """Import torch and `modules`, before whatever else imports them one by one.

    The garbage collector stands still meanwhile, which saves a tenth of the time, and
    never looks at these lasting objects again: that would cost every later collection,
    the one at exit included, some hundred milliseconds.
    """
    wanted = [name for name in dict.fromkeys(["torch", *modules]) if name not in sys.modules]
    if not wanted:
        # What has come since the last time need not last.
        return
    was_enabled, drew = gc.isenabled(), pictures.loaded()
    gc.disable()
    try:
        with warnings.catch_warnings():
            # What torch says of its own late parts is no concern of a learner's.
            warnings.simplefilter("ignore")
            for name in wanted:
                importlib.import_module(name)
            if not drew:
                pictures.tame()
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
