import torch


def squared_error(w, x, y):
    return ((x * w - y) ** 2).sum()


def descend(xs, ys, w, lr, epochs):
    step = torch.func.grad_and_value(squared_error)
    losses = [0.0] * epochs
    for epoch in range(epochs):
        for x, y in zip(xs, ys):
            slope, loss = step(w.detach(), x, y)
            w.data -= lr * slope
        losses[epoch] = loss.item()
    return losses
