"""The gradient of the loss written by hand in an autograd function; a ones column carries the bias."""

import torch
from torch import nn


class _CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, labels):
        p = softmax(logits)
        ctx.save_for_backward(p, labels)
        shifted = logits - logits.amax(1, keepdim=True)
        log_p = shifted - shifted.exp().sum(1, keepdim=True).log()
        return -log_p.take_along_dim(labels[:, None], 1).mean()

    @staticmethod
    def backward(ctx, grad):
        p, labels = ctx.saved_tensors
        hot = torch.zeros_like(p).scatter_(1, labels[:, None], 1)
        return grad * (p - hot) / len(labels), None


def softmax(logits):
    powers = (logits - logits.amax(1, keepdim=True)).exp()
    return powers / powers.sum(1, keepdim=True)


def cross_entropy(logits, labels):
    return _CrossEntropy.apply(logits, labels)


class SoftmaxRegression(nn.Module):
    def __init__(self, in_features, num_classes):
        super().__init__()
        self.theta = nn.Parameter(torch.empty(in_features + 1, num_classes).uniform_(-0.1, 0.1))

    def forward(self, x):
        ones = torch.ones_like(x[:, :1])
        return torch.cat([x, ones], dim=1) @ self.theta
