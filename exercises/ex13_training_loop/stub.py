"""Exercise 13: the training loop.

Data, model, loss and optimiser are there; what is left is the loop that every PyTorch
program has at its heart. One epoch of full-batch training:

    clear the gradients, forward, loss, backward, step

Fill in both functions, save, and run:  grader check ex13
"""

from torch import Tensor, nn


def fit(model: nn.Module, inputs: Tensor, targets: Tensor, lr: float, num_epochs: int) -> list[float]:
    """Train the model with full batches: `nn.MSELoss` and plain `torch.optim.SGD`.

    Args:
        model: any module; it is trained in place, wherever its parameters are.
        inputs: examples, of shape (n, in_features), maybe on another device than the model.
        targets: what the model should say, in the shape of its output, on the device of `inputs`.
        lr: the learning rate.
        num_epochs: how many times all of the data is used; 0 is fine.

    Returns:
        The loss of each epoch, taken before that epoch's step, as plain floats.
    """
    raise NotImplementedError


def predict(model: nn.Module, inputs: Tensor) -> Tensor:
    """Return what the model says, in eval mode and without a graph.

    Args:
        model: any module, in train or eval mode; it is in the same mode afterwards.
        inputs: examples, of shape (n, in_features), maybe on another device than the model.
    """
    raise NotImplementedError
