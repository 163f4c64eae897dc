"""Exercise 21: softmax regression, ten classes instead of two.

Logistic regression gives one probability. For k classes the model gives k scores for
each example, the logits; the softmax makes probabilities of them, and the cross entropy
is what the right class's probability costs:

    softmax(z)_j = exp(z_j) / Σ exp(z_i)        loss = mean of −log softmax(z)_label

Fill in both functions and the class, save, and run:  grader check ex21
"""

from torch import Tensor, nn


def softmax(logits: Tensor) -> Tensor:
    """Return the probabilities of the classes, row by row.

    Args:
        logits: scores of shape (n, k), anywhere between −1000 and 1000.

    Returns:
        Probabilities (n, k): every row sums to 1. The argument does not change.
    """
    raise NotImplementedError


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the mean over the rows of −log of the label's probability.

    Args:
        logits: scores of shape (n, k), not probabilities.
        labels: the right class of each row, int64 from 0 to k − 1, of shape (n,).

    Returns:
        One number, a tensor without dimensions that backward() can start from. Neither argument changes.
    """
    raise NotImplementedError


class SoftmaxRegression(nn.Module):
    """A linear model with one score for each class."""

    def __init__(self, in_features: int, num_classes: int) -> None:
        """Make a weight for every feature and class and a bias for every class, once."""
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (n, num_classes) of examples (n, in_features)."""
        raise NotImplementedError
