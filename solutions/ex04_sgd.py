"""One step of minibatch stochastic gradient descent."""

from collections.abc import Iterable

import torch
from torch import Tensor


def sgd(params: Iterable[Tensor], lr: float, batch_size: int) -> None:
    """Move every parameter by −lr · grad / batch_size, in place, and clear its gradient."""
    # The step is not part of what is differentiated: autograd must not record it.
    with torch.no_grad():
        for param in params:
            if param.grad is None:
                continue
            # The gradient is that of a sum over the batch; the division makes it the mean's.
            param.sub_(lr * param.grad / batch_size)
            # backward() adds to what it finds, so the next step must find nothing.
            param.grad.zero_()
