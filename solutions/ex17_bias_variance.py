"""Polynomial features, ridge regression, and the diagnosis of its errors."""

import torch
from torch import Tensor


def polynomial_features(x: Tensor, degree: int) -> Tensor:
    """Return the columns x¹, x², … x^degree for the n numbers in `x`: shape (n, degree)."""
    powers = torch.arange(1, degree + 1, device=x.device)
    # (n, 1) to the power of (degree,) broadcasts to every number with every power.
    return x.reshape(-1, 1) ** powers


def ridge(X: Tensor, y: Tensor, weight_decay: float) -> tuple[Tensor, Tensor]:
    """Return the w (d, 1) and b (1,) that minimise ‖y − Xw − b‖² + weight_decay · ‖w‖²."""
    # Whatever w is, the best b lets the plane pass through the mean point. In coordinates
    # around that point there is no b, so nothing but w is left to be penalised.
    mean_x, mean_y = X.mean(dim=0), y.mean()
    X, y = X - mean_x, y - mean_y
    # Zero gradient: Xᵀ(Xw − y) + weight_decay · w = 0.
    identity = torch.eye(len(mean_x)).to(X)
    w = torch.linalg.solve(X.T @ X + weight_decay * identity, X.T @ y)
    return w, mean_y - mean_x @ w


def diagnose(train_error: float, validation_error: float, target_error: float) -> str:
    """Return what ails a model, judged by its two errors and the error that one aims at."""
    if train_error > target_error:
        return "high bias"
    if validation_error > target_error:
        return "high variance"
    return "good"
