"""Exercise 8: the loss over the weight.

The model is y = w·x, a line through the origin. How well a weight fits some data is said
by the mean of its squared errors:

    MSE(w) = 1/n · Σᵢ (w·xᵢ − yᵢ)²

Computed for many weights it becomes a curve, and its lowest point is the best weight.

Fill in the function, save, and run:  grader check ex8
"""

from torch import Tensor


def mse_curve(xs: Tensor, ys: Tensor, weights: Tensor) -> Tensor:
    """Return the mean squared error of y = w·x for each w in `weights`.

    Args:
        xs: inputs, shape (n,), with at least one example.
        ys: true values, shape (n,).
        weights: the weights to try, shape (k,); k may be 0.

    Returns:
        One mean squared error for each weight, in their order: shape (k,), with the dtype
        and on the device of the arguments. No argument changes.
    """
    raise NotImplementedError
