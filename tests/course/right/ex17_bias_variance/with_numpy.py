import numpy as np
import torch


def polynomial_features(x, degree):
    values = x.cpu().numpy().reshape(-1)
    out = np.vander(values, degree + 1, increasing=True)[:, 1:]
    return torch.from_numpy(np.ascontiguousarray(out.astype(values.dtype))).to(x.device)


def ridge(X, y, weight_decay):
    A, t = X.cpu().numpy(), y.cpu().numpy()
    A0, t0 = A - A.mean(axis=0), t - t.mean(axis=0)
    w = np.linalg.inv(A0.T @ A0 + weight_decay * np.eye(A.shape[1], dtype=A.dtype)) @ (A0.T @ t0)
    b = t.mean(axis=0) - A.mean(axis=0) @ w
    return torch.from_numpy(w).to(X.device), torch.from_numpy(b).to(X.device)


def diagnose(train_error, validation_error, target_error):
    match (train_error > target_error, validation_error > target_error):
        case (True, _):
            return "high bias"
        case (_, True):
            return "high variance"
    return "good"
