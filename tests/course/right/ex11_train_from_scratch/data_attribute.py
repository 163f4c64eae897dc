import numpy as np
import torch


def linreg(X, w, b):
    return X.matmul(w).add(b)


def train(features, labels, lr, num_epochs, batch_size):
    """Old style: w.data, one gradient call, NumPy for the order."""
    w = torch.zeros((features.size(1), 1), dtype=features.dtype, device=features.device, requires_grad=True)
    b = torch.zeros((1,), dtype=features.dtype, device=features.device, requires_grad=True)
    losses = np.zeros(num_epochs)
    for epoch in range(num_epochs):
        order = np.random.permutation(len(features))
        for i in range(0, len(order), batch_size):
            rows = torch.from_numpy(order[i : i + batch_size])
            residual = linreg(features[rows], w, b) - labels[rows]
            dw, db = torch.autograd.grad((residual * residual).sum() / (2 * len(rows)), [w, b])
            w.data = w.data - lr * dw
            b.data = b.data - lr * db
        losses[epoch] = ((linreg(features, w, b).detach() - labels) ** 2).mean().item() / 2
    return w, b, list(losses)
