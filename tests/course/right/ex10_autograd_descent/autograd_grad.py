import torch


def descend(xs, ys, w, lr, epochs):
    losses = []
    for _ in range(epochs):
        for x, y in zip(xs, ys):
            loss = (w * x - y).pow(2).squeeze()
            (slope,) = torch.autograd.grad(loss, w)
            with torch.no_grad():
                w.copy_(w - lr * slope)
        losses += [loss.tolist()]
    return losses
