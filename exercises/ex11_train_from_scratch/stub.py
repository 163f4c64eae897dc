"""Exercise 11: train a linear regression from scratch.

Everything of chapter 1 comes together: data, minibatches, a loss, steps. The model is

    y = Xw + b

and it is trained with tensors and autograd alone. Your own earlier files may help, where
they lie beside this one:  from ex02_data_iter import data_iter

Fill in both functions, save, and run:  grader check ex11
"""

from torch import Tensor


def linreg(X: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """Return the predictions Xw + b.

    Args:
        X: examples, of shape (n, d).
        w: weights, of shape (d, 1).
        b: bias, of shape (1,).

    Returns:
        The predictions, of shape (n, 1), with a graph that leads back to w and b.
    """
    raise NotImplementedError


def train(
    features: Tensor, labels: Tensor, lr: float, num_epochs: int, batch_size: int
) -> tuple[Tensor, Tensor, list[float]]:
    """Fit w and b by minibatch SGD on the squared loss (y_hat − y)² / 2.

    Args:
        features: examples, of shape (n, d).
        labels: their labels, of shape (n, 1).
        lr: the learning rate: each step is w ← w − lr · mean gradient of the batch.
        num_epochs: how many times the data is gone through, every example once each time.
        batch_size: examples in a batch; the last batch holds what is left over.

    Returns:
        w (d, 1) and b (1,), with the dtype and on the device of `features`, and the losses:
        one plain float for each epoch, the mean of (y_hat − y)² / 2, either over all data
        after the epoch or averaged over the batches while it ran.
    """
    raise NotImplementedError
