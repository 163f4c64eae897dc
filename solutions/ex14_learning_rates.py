"""Full-batch gradient descent at a learning rate, and a verdict on its losses."""

import math
from typing import Literal

import torch
from torch import Tensor


def loss_history(lr: float, inputs: Tensor, targets: Tensor, num_epochs: int) -> list[float]:
    """Return the mean squared error of y = wx + b before each of `num_epochs` steps."""
    # New in every call, of the dtype and on the device of the data.
    w = inputs.new_zeros(1).requires_grad_()
    b = inputs.new_zeros(1).requires_grad_()
    losses = []
    for _ in range(num_epochs):
        loss = ((w * inputs + b - targets) ** 2).mean()
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            for param in (w, b):
                param.sub_(lr * param.grad)
                param.grad = None
    return losses


def judge(losses: list[float]) -> Literal["slow", "converged", "diverged"]:
    """Say how training went, from its losses."""
    *_, last = losses
    if not math.isfinite(last) or last > losses[0]:
        return "diverged"
    if len(losses) > 1:
        change = abs(last - losses[-2])
        # Relative to the loss itself; and 0 after 0 is no change, though 0 is not less than 0.
        if change < losses[-2] / 1000 or change == 0:
            return "converged"
    return "slow"
