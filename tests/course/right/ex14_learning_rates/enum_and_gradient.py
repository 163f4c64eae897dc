"""Right: the words are members of a StrEnum, and a Parameter of two numbers goes down its own gradient."""

import math
from enum import StrEnum

import torch
from torch import nn


class Verdict(StrEnum):
    SLOW = "slow"
    CONVERGED = "converged"
    DIVERGED = "diverged"


def loss_history(lr, inputs, targets, num_epochs):
    theta = nn.Parameter(torch.zeros(2, 1, dtype=inputs.dtype, device=inputs.device))
    design = torch.cat([inputs, torch.ones_like(inputs)], dim=1)
    losses = []
    for _ in range(num_epochs):
        loss = nn.functional.mse_loss(design @ theta, targets)
        (gradient,) = torch.autograd.grad(loss, theta)
        theta.data.sub_(lr * gradient)
        losses.append(loss.item())
    return losses


def judge(losses):
    first, last = losses[0], losses[-1]
    if math.isnan(last) or math.isinf(last) or last > first:
        return Verdict.DIVERGED
    if len(losses) == 1:
        return Verdict.SLOW
    change = abs(losses[-2] - last)
    return Verdict.CONVERGED if change == 0 or change < losses[-2] / 1000 else Verdict.SLOW
