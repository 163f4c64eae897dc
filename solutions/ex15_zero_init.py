"""Parameters of a two-layer net that break the symmetry of its hidden units."""

import torch
from torch import Tensor


def init_params(num_inputs: int, num_hidden: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return W1, b1, W2 and b2 of ŷ = W2 tanh(W1 x + b1) + b2, ready for training."""
    # Small and different: equal rows would get equal gradients, and stay equal for ever.
    W1 = torch.normal(0.0, 0.01, (num_hidden, num_inputs))
    W2 = torch.normal(0.0, 0.01, (1, num_hidden))
    # The weights have broken the symmetry, so the biases may begin at zero.
    b1, b2 = torch.zeros(num_hidden), torch.zeros(1)
    # Last of all: what is computed from a tensor that requires grad is no leaf, and gets no gradient.
    return W1.requires_grad_(), b1.requires_grad_(), W2.requires_grad_(), b2.requires_grad_()


def distinct_units(W1: Tensor) -> int:
    """Return how many rows of `W1` differ: so many hidden units are at work."""
    return len(torch.unique(W1, dim=0))
