import torch


def descend(xs, ys, w, lr, epochs):
    x_all = torch.tensor(xs, dtype=w.dtype, device=w.device)
    y_all = torch.tensor(ys, dtype=w.dtype, device=w.device)
    losses = []
    for _ in range(epochs):
        for x, y in zip(x_all, y_all):
            error = x * w - y
            error.backward(2 * error.detach())
            with torch.no_grad():
                w.add_(w.grad, alpha=-lr)
                w.grad.zero_()
        losses.append((error**2).item())
    return losses
