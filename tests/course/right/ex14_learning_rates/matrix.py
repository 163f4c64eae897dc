import numpy as np
import torch


def loss_history(lr, inputs, targets, num_epochs):
    X = torch.cat([inputs, torch.ones_like(inputs)], dim=1)
    theta = torch.zeros_like(X[:1].T)
    out = torch.empty(num_epochs)
    for k in range(num_epochs):
        r = X @ theta - targets
        out[k] = (r.T @ r).item() / len(X)
        theta = theta - lr * 2 * X.T @ r / len(X)
    return out.tolist()


def judge(losses):
    a = np.asarray(losses, dtype=float)
    if not np.isfinite(a[-1]) or a[-1] > a[0]:
        return "diverged"
    if a.size > 1:
        d = np.abs(np.diff(a[-2:])).item()
        if d == 0 or d < a[-2] * 0.001:
            return "converged"
    return "slow"
