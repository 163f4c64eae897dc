import numpy as np
import torch


def normal_equation(X, y):
    A, t = X.cpu().numpy(), y.cpu().numpy()
    mx, my = A.mean(axis=0), t.mean(axis=0)
    w, *_ = np.linalg.lstsq(A - mx, t - my, rcond=None)
    return torch.from_numpy(w).to(X), torch.from_numpy(my - mx @ w).to(X)
