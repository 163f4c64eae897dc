"""The squared loss of every example."""

from torch import Tensor


def squared_loss(y_hat: Tensor, y: Tensor) -> Tensor:
    """Return (y_hat − y)² / 2 element by element, in the shape of `y_hat`."""
    # A column minus a row would broadcast to a square matrix; the reshape lines them up.
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2
