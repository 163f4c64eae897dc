"""Exercise 6: logistic regression as a module.

Linear regression answers “how much?”, logistic regression “which of two?”. It puts the
line through the sigmoid, which turns any number into a probability between 0 and 1:

    p = σ(x Wᵀ + b)        with σ(z) = 1 / (1 + e⁻ᶻ)

Fill in the class, save, and run:  grader check ex6
"""

from torch import Tensor, nn


class LogisticRegression(nn.Module):
    """The probability σ(x Wᵀ + b) that an example belongs to class 1."""

    def __init__(self, in_features: int = 1) -> None:
        """Make the parameters, once.

        Args:
            in_features: the number of features of an example.

        The model has exactly two parameters, under any names: a weight of shape
        (1, in_features) and a bias of shape (1,).
        """
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """Return a probability for each example.

        Args:
            x: examples of shape (…, in_features); the dots stand for any shape, or none.

        Returns:
            σ(x Wᵀ + b), of shape (…, 1). However large x is, no NaN comes out, and none
            comes back as a gradient.
        """
        raise NotImplementedError
