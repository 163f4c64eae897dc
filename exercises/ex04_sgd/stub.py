"""Exercise 4: one step of minibatch stochastic gradient descent.

The losses of a minibatch were added up and backward() has put the gradient of that sum
into the .grad of every parameter. One step moves each parameter against its gradient:

    p ← p − lr · p.grad / batch_size

Dividing by the batch size turns the gradient of a sum into that of a mean, so the step
does not grow with the batch.

Fill in the function, save, and run:  grader check ex4
"""

from collections.abc import Iterable

from torch import Tensor


def sgd(params: Iterable[Tensor], lr: float, batch_size: int) -> None:
    """Take one step on every parameter, in place, and clear its gradient.

    Args:
        params: leaf tensors that require grad, of any shapes and dtypes. Any iterable: a
            list, a tuple, or a generator such as `model.parameters()`.
        lr: the learning rate.
        batch_size: how many examples' losses were added up before backward().

    The caller's own tensors change, and remain leaves that require grad. Afterwards each
    .grad is zero or None. A parameter whose .grad is None stays as it is.
    """
    raise NotImplementedError
