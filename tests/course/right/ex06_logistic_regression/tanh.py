import torch
from torch import nn


class LogisticRegression(nn.Module):
    def __init__(self, in_features=1):
        super().__init__()
        self.b = nn.Parameter(torch.zeros(1))
        self.w = nn.Parameter(torch.zeros(1, in_features))

    def forward(self, x):
        z = x @ self.w.T + self.b
        return (torch.tanh(z / 2) + 1) / 2
