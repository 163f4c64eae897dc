"""Exercise 16: momentum, RMSprop and Adam.

Plain gradient descent forgets every gradient once it has used it. Each of these three
remembers something: momentum a velocity, RMSprop how large the gradients of each element
have been, Adam both. What they remember of a parameter lies in a dict, its `state`.

Fill in the functions, save, and run:  grader check ex16
"""

from typing import Any

from torch import Tensor


def momentum_step(param: Tensor, grad: Tensor, state: dict[str, Any], lr: float, momentum: float = 0.9) -> None:
    """Take one step of gradient descent with momentum, as torch.optim.SGD does.

    Args:
        param: the parameter, of any shape and float dtype: a plain tensor, or a leaf that
            requires grad. It is changed in place.
        grad: its gradient, of the same shape. It stays as it is, and none of it is kept.
        state: what earlier steps of this parameter left here; empty before the first.
        lr: the learning rate of this step.
        momentum: how much of the velocity is left from one step to the next.
    """
    raise NotImplementedError


def rmsprop_step(
    param: Tensor, grad: Tensor, state: dict[str, Any], lr: float, alpha: float = 0.99, eps: float = 1e-8
) -> None:
    """Take one step as torch.optim.RMSprop does; the first four arguments are those of `momentum_step`.

    `alpha` says how much of the running mean of grad² is left from one step to the next;
    `eps` is added to its root, so that nothing is divided by zero.
    """
    raise NotImplementedError


def adam_step(
    param: Tensor,
    grad: Tensor,
    state: dict[str, Any],
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
) -> None:
    """Take one step as torch.optim.Adam does; the first four arguments are those of `momentum_step`.

    `betas` say how much is left of the running mean of grad, and of that of grad², from one
    step to the next; `eps` is added to the root, so that nothing is divided by zero.
    """
    raise NotImplementedError
