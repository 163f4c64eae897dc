"""Linear regression in one step: the normal equation."""

import torch
from torch import Tensor


def normal_equation(X: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Return the w (d, 1) and b (1,) that minimise ‖y − Xw − b‖²."""
    # A column of ones makes b one more weight: A = [X 1]. Both partial derivatives vanish
    # where Aᵀ(A · solution − y) = 0.
    A = torch.hstack([X, torch.ones_like(X[:, :1])])
    # AᵀA itself is never formed: it would square the condition number, and with two equal
    # columns it has no inverse. "gelsd" works with the singular values of A instead, and takes
    # the shortest of all best solutions; it exists on the CPU only, in float64 at its best.
    solution = torch.linalg.lstsq(A.cpu().double(), y.cpu().double(), driver="gelsd").solution.to(X)
    return solution[:-1], solution[-1]
