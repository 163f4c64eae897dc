import torch
from torch import nn


def init_params(num_inputs, num_hidden):
    first, second = nn.Linear(num_inputs, num_hidden), nn.Linear(num_hidden, 1)
    for layer in (first, second):
        nn.init.normal_(layer.weight, std=0.01)
        nn.init.zeros_(layer.bias)
    return first.weight, first.bias, second.weight, second.bias


def distinct_units(W1):
    return torch.unique(W1, dim=0).shape[0]
