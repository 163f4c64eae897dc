"""Exercise 14: learning rates.

The same data, the same model, the same start; only the learning rate differs. How fast does
the loss fall, and when does it fall no more?

    model    ŷ = w·x + b, from w = 0 and b = 0
    loss     mean of (ŷ − y)² over all examples
    step     w ← w − lr · ∂loss/∂w,   b ← b − lr · ∂loss/∂b

Fill in both functions, save, and run:  grader check ex14
"""

from typing import Literal

from torch import Tensor


def loss_history(lr: float, inputs: Tensor, targets: Tensor, num_epochs: int) -> list[float]:
    """Descend with the whole data in each step; return the loss of every epoch.

    Args:
        lr: the learning rate.
        inputs: x, a float tensor of shape (n, 1), n at least 1.
        targets: y, of the same shape.
        num_epochs: how many steps to take; may be 0.

    Returns:
        `num_epochs` losses, each taken before its epoch's step, so that the first belongs to
        w = b = 0. Where training diverges they grow, up to inf or nan, and go on until the
        last epoch. Neither tensor changes.
    """
    raise NotImplementedError


def judge(losses: list[float]) -> Literal["slow", "converged", "diverged"]:
    """Say how training went, from its losses, at least one.

    "diverged": the last loss is not finite, or above the first.
    "converged": else, if the last two losses differ by less than a thousandth of the
    earlier of them, or not at all.
    "slow": else, and where there is one loss alone.
    """
    raise NotImplementedError
