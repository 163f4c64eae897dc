"""Inputs for a check, drawn from one seed so that a verdict can be replayed."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING, TypeVar

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

_T = TypeVar("_T")


def derive_seed(*parts: object) -> int:
    """Return a 63-bit seed that depends on every part."""
    digest = hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


class Draw:
    """A source of random inputs that touches no global generator."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._torch = torch.Generator().manual_seed(seed)
        self._python = random.Random(seed)  # noqa: S311 - reproducible inputs, not secrets

    def normal(
        self, *shape: int, mean: float = 0.0, std: float = 1.0, dtype: torch.dtype = torch.float32
    ) -> torch.Tensor:
        """Return a tensor of `shape` from a normal distribution."""
        return torch.randn(shape, generator=self._torch, dtype=torch.float64).mul(std).add(mean).to(dtype)

    def uniform(
        self, *shape: int, low: float = 0.0, high: float = 1.0, dtype: torch.dtype = torch.float32
    ) -> torch.Tensor:
        """Return a tensor of `shape`, uniform between `low` and `high`."""
        return torch.rand(shape, generator=self._torch, dtype=torch.float64).mul(high - low).add(low).to(dtype)

    def number(self, low: float, high: float) -> float:
        """Return a float between `low` and `high`."""
        return self._python.uniform(low, high)

    def integer(self, low: int, high: int) -> int:
        """Return an int from `low` to `high`, both included."""
        return self._python.randint(low, high)

    def choice(self, options: Sequence[_T]) -> _T:
        """Return one of `options`."""
        return self._python.choice(options)
