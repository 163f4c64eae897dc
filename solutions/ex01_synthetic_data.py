"""Synthetic data of a linear model with known parameters."""

import torch
from torch import Tensor

NOISE_STD = 0.01


def synthetic_data(w: Tensor, b: float | Tensor, num_examples: int) -> tuple[Tensor, Tensor]:
    """Return features X (num_examples, d) and labels Xw + b + ε (num_examples, 1)."""
    # X ~ N(0, 1), drawn with the dtype and on the device of w.
    features = torch.randn(num_examples, len(w), dtype=w.dtype, device=w.device)
    # ε ~ N(0, 0.01²), one number for each example.
    noise = NOISE_STD * torch.randn(num_examples, dtype=w.dtype, device=w.device)
    # A float64 b of shape (1,) would promote the sum to float64; b takes the dtype of w first.
    bias = torch.as_tensor(b, dtype=w.dtype, device=w.device)
    labels = features @ w + bias + noise
    return features, labels.reshape(-1, 1)
