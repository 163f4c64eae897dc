"""The training loop, and a prediction."""

import torch
from torch import Tensor, nn


def fit(model: nn.Module, inputs: Tensor, targets: Tensor, lr: float, num_epochs: int) -> list[float]:
    """Train the model on full batches, in place; return the loss before each epoch's step."""
    device = next(model.parameters()).device
    inputs, targets = inputs.to(device), targets.to(device)
    criterion = nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(num_epochs):
        # backward() adds to what it finds, also to what was there before the first epoch.
        optimizer.zero_grad()
        loss = criterion(model(inputs), targets)
        loss.backward()
        optimizer.step()
        # A float: the loss itself would keep the graph of every epoch in memory.
        losses.append(loss.item())
    return losses


def predict(model: nn.Module, inputs: Tensor) -> Tensor:
    """Return the model's output in eval mode, without a graph; the mode is put back."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        outputs = model(inputs.to(next(model.parameters()).device))
    model.train(was_training)
    return outputs
