"""Train a classifier, and find where it changes its mind."""

import torch
from torch import Tensor, nn


def fit(model: nn.Module, hours: Tensor, passed: Tensor, lr: float, num_epochs: int) -> list[float]:
    """Train the model on all examples at once; return the summed loss before each step."""
    criterion = nn.BCELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        loss = criterion(model(hours), passed)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def decision_boundary(model: nn.Module) -> float:
    """Return the hours at which the model says 0.5."""
    weight, bias = model.parameters()
    # sigmoid(w·x + b) is 0.5 exactly where w·x + b is 0.
    return -bias.item() / weight.item()
