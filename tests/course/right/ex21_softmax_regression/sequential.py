"""A Sequential as parent, log-sum-exp by hand in place on a copy, nll_loss for the mean."""

import torch
from torch import nn


def _log_softmax(z):
    z = z.clone()
    z -= z.detach().amax(1, True)
    return z - z.exp().sum(1, True).log_()


def softmax(logits):
    return _log_softmax(logits).exp_()


def cross_entropy(logits, labels):
    return nn.functional.nll_loss(_log_softmax(logits), labels)


class SoftmaxRegression(nn.Sequential):
    def __init__(self, in_features, num_classes):
        super().__init__(nn.Flatten(), nn.Linear(in_features, num_classes))
        nn.init.normal_(self[1].weight, std=0.01)
        nn.init.zeros_(self[1].bias)
