"""Picks the label's logit by index; large normal start."""

import torch
from torch import nn


def softmax(logits: torch.Tensor) -> torch.Tensor:
    return (logits - logits.logsumexp(dim=1, keepdim=True)).exp()


def cross_entropy(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    rows = torch.arange(logits.size(0), device=logits.device)
    picked = logits[rows, labels]
    return (logits.logsumexp(1) - picked).mean()


class SoftmaxRegression(nn.Module):
    def __init__(self, in_features: int, num_classes: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(num_classes, in_features))
        self.bias = nn.Parameter(torch.randn(num_classes))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.addmm(self.bias, x, self.weight.t())
