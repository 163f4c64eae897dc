"""Exercise 18: train a classifier.

Three students studied for 1, 2 and 3 hours; the first two failed, the third passed. A
model says with which probability one passes. What remains is to train it: the loop of
exercise 13 with another loss,

    −Σ [y · log p + (1 − y) · log(1 − p)]

and to read off how many hours make passing as likely as failing.

Fill in both functions, save, and run:  grader check ex18
"""

from torch import Tensor, nn


def fit(model: nn.Module, hours: Tensor, passed: Tensor, lr: float, num_epochs: int) -> list[float]:
    """Train the model with full batches: `nn.BCELoss(reduction="sum")` and plain SGD.

    Args:
        model: any module whose output is a probability, of shape (n, 1); trained in place.
        hours: how long each student studied, of shape (n, 1), on the device of the model.
        passed: 1.0 for passed and 0.0 for failed, of shape (n, 1), in the dtype of `hours`.
        lr: the learning rate.
        num_epochs: how many steps to take; 0 is fine.

    Returns:
        The loss of each epoch, taken before that epoch's step, as plain floats.
    """
    raise NotImplementedError


def decision_boundary(model: nn.Module) -> float:
    """Return the hours at which the model's probability is 0.5.

    Args:
        model: sigmoid(w · x + b); its parameters are w and b, in this order and under any
            names, each holding one number in any shape. w is not 0.
    """
    raise NotImplementedError
