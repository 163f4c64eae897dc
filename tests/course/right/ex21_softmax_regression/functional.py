"""Everything that torch brings along."""

import torch
import torch.nn.functional as F
from torch import nn


def softmax(logits):
    return torch.softmax(logits, dim=-1)


def cross_entropy(logits, labels):
    return nn.CrossEntropyLoss()(logits, labels)


class SoftmaxRegression(nn.Module):
    def __init__(self, in_features, num_classes):
        super(SoftmaxRegression, self).__init__()
        self.fc = nn.Linear(in_features, num_classes)

    def forward(self, x):
        return F.linear(x, self.fc.weight, self.fc.bias)
