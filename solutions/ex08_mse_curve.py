"""The mean squared error of y = w·x for many weights."""

from torch import Tensor


def mse_curve(xs: Tensor, ys: Tensor, weights: Tensor) -> Tensor:
    """Return the mean squared error for each weight, shape (k,)."""
    # A column of weights times a row of inputs: predictions (k, n), a row for each weight.
    errors = weights[:, None] * xs - ys
    # The mean takes the examples away and leaves the weights.
    return (errors**2).mean(dim=1)
