"""Logistic regression as a module."""

import torch
from torch import Tensor, nn


class LogisticRegression(nn.Module):
    """The probability σ(x Wᵀ + b) that an example belongs to class 1."""

    def __init__(self, in_features: int = 1) -> None:
        super().__init__()
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return a probability for each example of a batch (…, in_features), in shape (…, 1)."""
        # σ(z) = 1 / (1 + e⁻ᶻ); torch.sigmoid never lets e⁻ᶻ overflow, nor its derivative.
        return torch.sigmoid(self.linear(x))
