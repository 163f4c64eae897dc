"""Gradient descent on y = w·x with backward()."""

import torch
from torch import Tensor


def descend(xs: list[float], ys: list[float], w: Tensor, lr: float, epochs: int) -> list[float]:
    """Update `w` in place after every sample; return the loss of each epoch's last sample."""
    losses = []
    for _ in range(epochs):
        for x, y in zip(xs, ys, strict=True):
            loss = (x * w - y) ** 2
            loss.backward()
            # The step is not part of what is differentiated: autograd must not record it.
            with torch.no_grad():
                w -= lr * w.grad
            # backward() adds to what it finds, so the next sample must find nothing.
            w.grad = None
        losses.append(loss.item())
    return losses
