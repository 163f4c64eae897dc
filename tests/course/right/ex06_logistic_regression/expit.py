import torch
from torch import nn


class LogisticRegression(nn.Linear):
    def __init__(self, in_features=1):
        super().__init__(in_features, 1)

    def forward(self, x):
        return torch.special.expit(super().forward(x))
