"""Exercise 5: linear regression as a module.

So far weight and bias were loose tensors. nn.Module keeps them together: it registers
what learns, so that an optimiser finds it, .to(device) moves it and state_dict() saves it.
The model itself stays a line, or a plane where there are several features:

    y = x Wᵀ + b

Fill in the class, save, and run:  grader check ex5
"""

from torch import Tensor, nn


class LinearRegression(nn.Module):
    """The model y = x Wᵀ + b."""

    def __init__(self, in_features: int = 1, out_features: int = 1) -> None:
        """Make the parameters, once.

        Args:
            in_features: the number of features of an example.
            out_features: the number of values that are predicted for it.

        The model has exactly two parameters, under any names: a weight of shape
        (out_features, in_features) and a bias of shape (out_features,).
        """
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """Return the predictions for a batch.

        Args:
            x: examples of shape (…, in_features); the dots stand for any shape, or none.

        Returns:
            x Wᵀ + b, of shape (…, out_features).
        """
        raise NotImplementedError
