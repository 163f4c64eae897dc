"""Exercise 2: minibatches.

Minibatch SGD does not look at all examples before it takes a step, but at a few that
were picked at random. In one pass over the data every example is to come exactly once,
in an order that is new for every pass:

    for X, y in data_iter(batch_size, features, labels):
        ...  # X: batch_size rows of features, y: their labels

Ten examples in batches of four make batches of 4, 4 and 2.

Fill in the function, save, and run:  grader check ex2
"""

from collections.abc import Iterable

from torch import Tensor


def data_iter(batch_size: int, features: Tensor, labels: Tensor) -> Iterable[tuple[Tensor, Tensor]]:
    """Give the examples in random minibatches, each exactly once.

    Args:
        batch_size: how many examples a batch holds; it may exceed their number.
        features: one row for each example, (n, d).
        labels: one entry for each example, (n,), (n, 1) or (n, …). Labels stay beside their rows.

    Returns:
        Pairs (X, y), one for each batch: from a generator, a list, a DataLoader, or
        anything else that a for loop takes. Only the last batch may be shorter.
    """
    raise NotImplementedError
