import torch
from torch import nn


class LogisticRegression(nn.Module):
    """σ(z) is the softmax of (0, z)."""

    def __init__(self, in_features=1):
        super().__init__()
        self.linear = nn.Linear(in_features, 1)

    def forward(self, x):
        z = self.linear(x)
        return torch.cat([torch.zeros_like(z), z], dim=-1).softmax(dim=-1)[..., 1:]
