import torch
from torch import nn


def fit(model, hours, passed, lr, num_epochs):
    """One backward for each student; the gradients add up by themselves, as a sum wants."""
    criterion = nn.BCELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        optimizer.zero_grad()
        total = 0.0
        for i in range(len(hours)):
            loss = criterion(model(hours[i : i + 1]), passed[i : i + 1])
            loss.backward()
            total += loss.item()
        optimizer.step()
        losses.append(total)
    return losses


def decision_boundary(model):
    it = model.parameters()
    w = next(it)
    b = next(it)
    with torch.no_grad():
        return (b / -w).item()
