"""Exercise 10: gradient descent by autograd.

The same descent as in exercise 9, on the same loss (x·w − y)², but nobody works out a
derivative: backward() puts it into w.grad.

    forward     loss = (x·w − y)²
    backward    w.grad = d loss / dw
    update      w ← w − lr · w.grad, outside the graph
    clear       backward() adds to w.grad, so the next sample must find none

Fill in the function, save, and run:  grader check ex10
"""

from torch import Tensor


def descend(xs: list[float], ys: list[float], w: Tensor, lr: float, epochs: int) -> list[float]:
    """Descend with backward(); return the loss of each epoch's last sample.

    Args:
        xs: inputs, at least one.
        ys: true values, as many.
        w: a leaf tensor of one element, shape (1,), that requires grad. Its .grad is None
            or zero. It is updated in place.
        lr: the learning rate.
        epochs: how many times to go through all samples; may be 0.

    Returns:
        One float for each epoch: the loss of its last sample, as computed before the step
        on that sample. Afterwards w.grad is zero or None, and w still requires grad.
    """
    raise NotImplementedError
