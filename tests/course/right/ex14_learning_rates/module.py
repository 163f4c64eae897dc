import math

import torch
from torch import nn


def loss_history(lr, inputs, targets, num_epochs):
    model = nn.Linear(1, 1).to(inputs.device, inputs.dtype)
    nn.init.zeros_(model.weight)
    nn.init.zeros_(model.bias)
    criterion = nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = criterion(model(inputs), targets)
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
    return losses


def judge(losses):
    if not math.isfinite(losses[-1]):
        return "diverged"
    elif losses[-1] > losses[0]:
        return "diverged"
    elif len(losses) >= 2 and losses[-1] == losses[-2]:
        return "converged"
    elif len(losses) >= 2 and abs(losses[-2] - losses[-1]) / losses[-2] < 0.001:
        return "converged"
    else:
        return "slow"
