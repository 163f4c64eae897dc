"""Linear regression trained with tensors and autograd alone."""

import torch
from torch import Tensor


def linreg(X: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """Return Xw + b for examples (n, d), in shape (n, 1)."""
    return X @ w + b


def train(
    features: Tensor, labels: Tensor, lr: float, num_epochs: int, batch_size: int
) -> tuple[Tensor, Tensor, list[float]]:
    """Fit w (d, 1) and b (1,) by minibatch SGD; return them with the loss after each epoch."""
    # new_zeros takes over dtype and device. From zero is as good as from anywhere: the loss is a bowl.
    w = features.new_zeros(features.shape[1], 1, requires_grad=True)
    b = features.new_zeros(1, requires_grad=True)
    losses = []
    for _ in range(num_epochs):
        for batch in torch.randperm(len(features)).split(batch_size):
            # The mean over the batch that is there; the last one may be shorter.
            loss = (linreg(features[batch], w, b) - labels[batch]).square().mean() / 2
            loss.backward()
            with torch.no_grad():
                w -= lr * w.grad
                b -= lr * b.grad
            # backward() adds to what it finds, so the next batch must find nothing.
            w.grad = b.grad = None
        with torch.no_grad():
            losses.append((linreg(features, w, b) - labels).square().mean().item() / 2)
    return w.detach(), b.detach(), losses
