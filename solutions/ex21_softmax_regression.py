"""Softmax regression: probabilities, their loss, and the linear model."""

from torch import Tensor, nn


def softmax(logits: Tensor) -> Tensor:
    """Return exp(z) over its sum, row by row."""
    return log_softmax(logits).exp()


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the mean of −log softmax(logits) at the labels."""
    # gather takes from each row the entry that its label names.
    return -log_softmax(logits).gather(1, labels.unsqueeze(1)).mean()


def log_softmax(logits: Tensor) -> Tensor:
    """Return z − log Σ exp(z), row by row, without overflow."""
    # Only differences count: with the row's largest score taken off, the largest exp is 1 and the sum at least 1.
    shifted = logits - logits.amax(dim=1, keepdim=True)
    return shifted - shifted.exp().sum(dim=1, keepdim=True).log()


class SoftmaxRegression(nn.Module):
    """A linear model with one score for each class."""

    def __init__(self, in_features: int, num_classes: int) -> None:
        super().__init__()
        self.linear = nn.Linear(in_features, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits: the softmax is the loss's business, which keeps its digits."""
        return self.linear(x)
