"""The second derivative of an elementwise function."""

from collections.abc import Callable

import torch
from torch import Tensor


def second_derivative(f: Callable[[Tensor], Tensor | float], x: Tensor) -> Tensor:
    """Return d²f/dx² at every element of `x`, in its shape; `x` stays as it is."""
    # With the caller's own x in the graph, the result can be differentiated once more.
    if not x.requires_grad:
        x = x.detach().requires_grad_()
    return derivative(derivative(f(x), x), x)


def derivative(y: Tensor | float, x: Tensor) -> Tensor:
    """Return dy/dx element by element, with a graph of its own."""
    # Nothing leads from a constant, or from the slope of a line, back to x.
    if not isinstance(y, Tensor) or not y.requires_grad:
        return torch.zeros_like(x)
    # y[i] depends on x[i] only, so the gradient of the sum holds every dy[i]/dx[i].
    # create_graph records this very computation; x may be missing from y's graph.
    (slope,) = torch.autograd.grad(y.sum(), x, create_graph=True, allow_unused=True, materialize_grads=True)
    return slope
