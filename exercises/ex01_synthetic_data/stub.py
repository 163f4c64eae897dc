"""Exercise 1: synthetic data.

Before you trust a model with real data, try it on data whose truth you know. Choose a
weight vector w and a bias b, draw examples at random, and compute their labels:

    y = Xw + b + ε

Each row of X is one example with standard normal features. The noise ε is normal with
mean 0 and standard deviation 0.01, drawn anew for every example. A model that is
trained on (X, y) ought to find w and b again.

Fill in the function, save, and run:  grader check ex1
"""

from torch import Tensor


def synthetic_data(w: Tensor, b: float | Tensor, num_examples: int) -> tuple[Tensor, Tensor]:
    """Draw examples and compute their labels y = Xw + b + noise.

    Args:
        w: true weights, a float tensor of shape (d,).
        b: true bias, a float or a tensor that holds one number: () or (1,).
        num_examples: how many examples to draw; 0 and 1 are fine.

    Returns:
        The features (num_examples, d) and the labels (num_examples, 1), both with the
        dtype and on the device of `w`. Each call draws anew; no generator is reseeded.
    """
    raise NotImplementedError
