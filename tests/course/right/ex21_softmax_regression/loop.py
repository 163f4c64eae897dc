"""A beginner's loops over the rows."""

import torch
from torch import nn


def softmax(logits):
    rows = []
    for row in logits:
        powers = torch.exp(row - row.max())
        rows.append(powers / powers.sum())
    return torch.stack(rows)


def cross_entropy(logits, labels):
    total = 0
    for row, label in zip(logits, labels):
        biggest = row.max().detach()
        total = total + biggest + torch.log(torch.exp(row - biggest).sum()) - row[label]
    return total / len(labels)


class SoftmaxRegression(nn.Module):
    def __init__(self, in_features, num_classes):
        super().__init__()
        self.scores = nn.ModuleList([nn.Linear(in_features, 1) for _ in range(num_classes)])

    def forward(self, x):
        return torch.cat([score(x) for score in self.scores], dim=1)
