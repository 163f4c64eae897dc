"""Exercise 15: why a network must not begin with zeros.

A net of two layers, with tanh between them:

    h = tanh(W1 x + b1)        num_hidden units
    ŷ = W2 h + b2

Units that begin with the same weights get the same gradient at every step. They stay
equal for ever, and a hundred of them do the work of one. Random weights break the
symmetry.

Fill in the functions, save, and run:  grader check ex15
"""

from torch import Tensor


def init_params(num_inputs: int, num_hidden: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the parameters (W1, b1, W2, b2) of a new net.

    Args:
        num_inputs: the number of inputs of the net.
        num_hidden: the number of hidden units.

    Returns:
        W1 of shape (num_hidden, num_inputs) and W2 of shape (1, num_hidden), normal with mean
        0 and standard deviation 0.01; b1 of shape (num_hidden,) and b2 of shape (1,), zero. All
        are float32 leaves that require grad.
    """
    raise NotImplementedError


def distinct_units(W1: Tensor) -> int:
    """Return how many different rows there are in `W1`, one row for each hidden unit.

    Args:
        W1: weights of shape (num_hidden, num_inputs); they stay as they are.
    """
    raise NotImplementedError
