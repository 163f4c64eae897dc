import torch
import torch.nn.functional as F


def descend(xs, ys, w, lr, epochs):
    result = []
    for _ in range(epochs):
        for i in range(len(xs)):
            if w.grad is not None:
                w.grad.zero_()
            target = torch.full_like(w, ys[i], requires_grad=False)
            loss = F.mse_loss(xs[i] * w, target)
            loss.backward()
            w.data.sub_(lr * w.grad)
        result.append(loss.detach().item())
    w.grad = None
    return tuple(result)
