"""Linear regression as a module."""

from torch import Tensor, nn


class LinearRegression(nn.Module):
    """The model y = x Wᵀ + b."""

    def __init__(self, in_features: int = 1, out_features: int = 1) -> None:
        super().__init__()
        # One nn.Linear registers W (out_features, in_features) and b (out_features,) as parameters.
        self.linear = nn.Linear(in_features, out_features)

    def forward(self, x: Tensor) -> Tensor:
        """Return x Wᵀ + b for a batch (…, in_features), in shape (…, out_features)."""
        return self.linear(x)
