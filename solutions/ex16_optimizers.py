"""One step of momentum, of RMSprop and of Adam."""

from typing import Any

import torch
from torch import Tensor


@torch.no_grad()
def momentum_step(param: Tensor, grad: Tensor, state: dict[str, Any], lr: float, momentum: float = 0.9) -> None:
    """Move `param` by −lr · v, where v ← momentum · v + grad."""
    if not state:
        state["velocity"] = torch.zeros_like(param)
    velocity = state["velocity"]
    velocity.mul_(momentum).add_(grad)
    param.sub_(lr * velocity)


@torch.no_grad()
def rmsprop_step(
    param: Tensor, grad: Tensor, state: dict[str, Any], lr: float, alpha: float = 0.99, eps: float = 1e-8
) -> None:
    """Move `param` by −lr · grad / (√s + eps), where s is a running mean of grad²."""
    if not state:
        state["square"] = torch.zeros_like(param)
    square = state["square"]
    square.mul_(alpha).add_((1 - alpha) * grad**2)
    param.sub_(lr * grad / (square.sqrt() + eps))


@torch.no_grad()
def adam_step(
    param: Tensor,
    grad: Tensor,
    state: dict[str, Any],
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
) -> None:
    """Move `param` by −lr · m̂ / (√ŝ + eps): momentum's direction, RMSprop's length, both unbiased."""
    if not state:
        state.update(step=0, mean=torch.zeros_like(param), square=torch.zeros_like(param))
    state["step"] += 1
    for name, beta, value in (("mean", betas[0], grad), ("square", betas[1], grad**2)):
        state[name].mul_(beta).add_((1 - beta) * value)
    # Both means began at zero: after t steps they hold only 1 − βᵗ of what they should.
    mean = state["mean"] / (1 - betas[0] ** state["step"])
    square = state["square"] / (1 - betas[1] ** state["step"])
    param.sub_(lr * mean / (square.sqrt() + eps))
