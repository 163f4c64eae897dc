"""Random minibatches of a data set."""

from collections.abc import Iterator

import torch
from torch import Tensor


def data_iter(batch_size: int, features: Tensor, labels: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield (X, y) minibatches in a new random order, each example exactly once."""
    if batch_size < 1:
        message = f"batch_size must be at least 1, not {batch_size}"
        raise ValueError(message)
    # One permutation for both, so that row i of X still belongs to entry i of y.
    order = torch.randperm(len(features), device=features.device)
    for start in range(0, len(order), batch_size):
        # A slice that runs over the end stops there: the last batch is just shorter.
        batch = order[start : start + batch_size]
        yield features[batch], labels[batch]
