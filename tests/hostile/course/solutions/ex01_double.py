"""The doubling of every example."""

from torch import Tensor

CANARY = "a line of the solution: nightjar-" + "solution"


def double(x: Tensor) -> Tensor:
    """Return 2x."""
    return 2 * x
