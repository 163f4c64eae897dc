import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def linreg(X, w, b):
    return nn.functional.linear(X, w.T, b)


def train(features, labels, lr, num_epochs, batch_size):
    model = nn.Linear(features.shape[1], 1, device=features.device, dtype=features.dtype)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    loader = DataLoader(TensorDataset(features, labels), batch_size, shuffle=True)
    losses = []
    for _ in range(num_epochs):
        total = 0.0
        for X, y in loader:
            loss = nn.MSELoss()(model(X), y) / 2
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(X)
        losses.append(total / len(features))
    return model.weight.data.T, model.bias.data, losses
