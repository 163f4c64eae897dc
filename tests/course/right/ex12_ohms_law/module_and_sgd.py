import torch
from torch import nn


def fit_ohms_law(current, voltage):
    x = current.reshape(-1, 1)
    y = voltage.reshape(-1, 1)
    x_mean, x_std = x.mean(), x.std()
    y_mean, y_std = y.mean(), y.std()
    model = nn.Linear(1, 1, device=x.device, dtype=x.dtype)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(200):
        loss = nn.MSELoss()(model((x - x_mean) / x_std), (y - y_mean) / y_std)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    r = model.weight.item() * y_std.item() / x_std.item()
    c = model.bias.item() * y_std.item() + y_mean.item() - r * x_mean.item()
    return r, c
