"""The formula with a one-hot label, parameters by hand, weight (in, out), zero start as article 002 asks about."""

import torch
from torch import nn


def softmax(logits):
    z = logits - logits.max(dim=1, keepdim=True)[0]
    e = torch.exp(z)
    return e / e.sum(1, keepdim=True)


def cross_entropy(logits, labels):
    k = logits.shape[1]
    hot = torch.nn.functional.one_hot(labels, num_classes=k).to(logits.dtype)
    log_p = logits - torch.logsumexp(logits, dim=1, keepdim=True)
    return -(hot * log_p).sum() / len(labels)


class SoftmaxRegression(nn.Module):
    def __init__(self, in_features, num_classes):
        super().__init__()
        self.w = nn.Parameter(torch.zeros(in_features, num_classes))
        self.b = nn.Parameter(torch.zeros(1, num_classes))

    def forward(self, x):
        return x @ self.w + self.b
