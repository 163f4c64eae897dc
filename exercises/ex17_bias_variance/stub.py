"""Exercise 17: bias, variance, and what regularisation trades.

A model that is too stiff misses even the data that it was trained on: high bias. One that
is too supple follows the noise, and fails on new data: high variance. A polynomial shows
both, and weight decay leads from one to the other:

    minimise  ‖y − Xw − b‖² + weight_decay · ‖w‖²

Fill in the functions, save, and run:  grader check ex17
"""

from torch import Tensor


def polynomial_features(x: Tensor, degree: int) -> Tensor:
    """Return the powers of `x` as columns.

    Args:
        x: n numbers, of shape (n,) or (n, 1), which stay as they are.
        degree: the highest power, at least 1.

    Returns:
        x¹, x², … x^degree, of shape (n, degree), in the dtype of `x`. No column of ones.
    """
    raise NotImplementedError


def ridge(X: Tensor, y: Tensor, weight_decay: float) -> tuple[Tensor, Tensor]:
    """Return the weights and the intercept that minimise ‖y − Xw − b‖² + weight_decay · ‖w‖².

    Args:
        X: features of shape (n, d).
        y: targets of shape (n, 1).
        weight_decay: how much large weights cost, 0 or more. The intercept costs nothing.

    Returns:
        w of shape (d, 1) and b of shape (1,), in the dtype of `X`. X and y stay as they are.
    """
    raise NotImplementedError


def diagnose(train_error: float, validation_error: float, target_error: float) -> str:
    """Return "high bias", "high variance" or "good".

    Args:
        train_error: the error on the data that the model was trained on.
        validation_error: the error on data that it has not seen.
        target_error: the error that would be good enough.
    """
    raise NotImplementedError
