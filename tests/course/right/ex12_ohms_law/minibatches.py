import random

import torch


def data_iter(batch_size, features, labels):
    indices = list(range(len(features)))
    random.shuffle(indices)
    for i in range(0, len(indices), batch_size):
        batch = torch.tensor(indices[i : i + batch_size])
        yield features[batch], labels[batch]


def fit_ohms_law(current, voltage):
    """The article's own loop, on standardised currents, for a few epochs."""
    I = current.reshape(-1, 1)
    u = voltage.reshape(-1, 1)
    mean, std = I.mean(), I.std()
    I = (I - mean) / std
    r = torch.normal(0, 0.01, (1, 1), dtype=I.dtype, device=I.device).requires_grad_()
    b = torch.zeros(1, dtype=I.dtype, device=I.device, requires_grad=True)
    lr, batch_size = 0.05, 10
    for epoch in range(4):
        for X, y in data_iter(batch_size, I, u):
            l = (X @ r + b - y) ** 2 / 2
            l.sum().backward()
            with torch.no_grad():
                for p in (r, b):
                    p -= lr * p.grad / len(X)
                    p.grad.zero_()
    slope = (r / std).item()
    return slope, b.item() - slope * mean.item()
