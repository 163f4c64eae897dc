"""Exercise 3: the squared loss.

A regression model predicts y_hat where the truth is y. The squared loss says how far
off each single prediction is:

    loss = (y_hat − y)² / 2

The ½ is there so that the derivative is simply y_hat − y.

Fill in the function, save, and run:  grader check ex3
"""

from torch import Tensor


def squared_loss(y_hat: Tensor, y: Tensor) -> Tensor:
    """Return the squared loss of every example.

    Args:
        y_hat: predictions, of any shape, mostly a column (n, 1).
        y: true values, as many as there are predictions, in any shape: (n, 1), (1, n), flat (n,) …

    Returns:
        One loss for each prediction, in the shape of `y_hat`. Neither argument changes.
    """
    raise NotImplementedError
