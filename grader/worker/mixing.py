"""Notice where code mixes tensors of the CPU with tensors on `meta`, as a GPU would.

Some operations of `meta` (matrix products, gather, in-place sums) take a tensor of the CPU
without a word; on a GPU all of them raise. Source: torch.utils._python_dispatch.
"""

from __future__ import annotations

import contextlib
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
        if on_meta and on_cpu and function.overloadpacket.__name__ not in _CROSSING:
            message = "Expected all tensors to be on the same device, but found at least two devices, meta and cpu!"
            raise RuntimeError(message)
        return function(*args, **(kwargs or {}))


def watching(*, needed: bool) -> contextlib.AbstractContextManager[object]:
    """Return a block in which mixing raises; one that does nothing unless `needed`."""
    return _Watch() if needed else contextlib.nullcontext()  # type: ignore[no-untyped-call]  # as above
