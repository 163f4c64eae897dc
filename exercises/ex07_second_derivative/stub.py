"""Exercise 7: the second derivative.

Autograd gives f′. To differentiate once more, f′ itself must be something that autograd
can follow: its computation has to be recorded in a graph, which is not the default.

    d²f/dx² = d/dx (df/dx)

f works element by element, so every element of x has a second derivative of its own.

Fill in the function, save, and run:  grader check ex7
"""

from collections.abc import Callable

from torch import Tensor


def second_derivative(f: Callable[[Tensor], Tensor | float], x: Tensor) -> Tensor:
    """Return d²f/dx² at every element of `x`.

    Args:
        f: an elementwise function: element i of f(x) depends on element i of x only. A
            constant f may return a tensor without a graph, or a plain number.
        x: a float tensor of any shape, with at least one element; it may require grad or
            not, and may hold a .grad already.

    Returns:
        A tensor with the shape and dtype of `x`, exact to autograd; zeros where f is
        linear or constant. If `x` requires grad, the result can be differentiated with
        respect to it again. Neither x.requires_grad nor x.grad changes.
    """
    raise NotImplementedError
