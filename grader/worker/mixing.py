"""Notice where code mixes tensors of the CPU with tensors on `meta`, as a GPU would.

Some operations of `meta` (matrix products, gather, in-place sums) take a tensor of the CPU
without a word; on a GPU all of them raise. Source: torch.utils._python_dispatch.
"""

from __future__ import annotations

import contextlib
import functools
import sys
from types import FunctionType
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

# What a GPU does across devices as well: copies, and indices of the CPU.
_CROSSING = frozenset({"copy_", "_to_copy", "index", "index_put", "index_put_", "_index_put_impl_", "set_"})


class _Watch(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch has no types for it
    def __torch_dispatch__(  # torch's own signature
        self,
        function: Any,  # noqa: ANN401
        types: object,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> object:
        leaves = tree_leaves((args, kwargs or {}))
        tensors = [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]
        on_meta = any(tensor.is_meta for tensor in tensors)
        # A number in a tensor of no dimension may come from the CPU.
        on_cpu = any(tensor.device.type == "cpu" and tensor.dim() for tensor in tensors)
        name = function.overloadpacket.__name__
        if on_meta and on_cpu and name not in _CROSSING:
            message = "Expected all tensors to be on the same device, but found at least two devices, meta and cpu!"
            raise RuntimeError(f"{message} (in {name})")
        return function(*args, **(kwargs or {}))


# Where torch keeps what its operations do on `meta`.
_KERNELS = ("torch._refs", "torch._decomp", "torch._meta_registrations")


@functools.cache
def _leave_compiler_out() -> None:
    """Spare operations on `meta` the import of torch._dynamo, which takes two thirds as long as that of torch.

    torch imports its compiler to keep it away from them; nothing is compiled here. A function
    that is marked as kept away already needs no import. Source: torch._compile._disable_dynamo.
    """
    waiting: list[Any] = [_Watch.__torch_dispatch__]
    guard = waiting[0].__code__
    for name, module in tuple(sys.modules.items()):
        if name.startswith(_KERNELS):
            waiting += [value for value in vars(module).values() if isinstance(value, FunctionType)]
    seen = set()
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        enclosed = [cell.cell_contents for cell in function.__closure__ or () if _is_function(cell)]
        if function.__code__ is guard:
            for kept in enclosed:
                kept.__dict__.setdefault("__dynamo_disable", kept)
        waiting += enclosed


def _is_function(cell: Any) -> bool:  # noqa: ANN401 - whatever a function closes over
    try:
        return isinstance(cell.cell_contents, FunctionType)
    except ValueError:  # nothing has been put in yet
        return False


def watching(*, needed: bool) -> contextlib.AbstractContextManager[object]:
    """Return a block in which mixing raises; one that does nothing unless `needed`."""
    if needed and "torch._dynamo" not in sys.modules:
        _leave_compiler_out()
    return _Watch() if needed else contextlib.nullcontext()  # type: ignore[no-untyped-call]  # as above
