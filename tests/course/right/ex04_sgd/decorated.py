import torch


@torch.no_grad()
def sgd(params, lr, batch_size):
    params = [p for p in params if p.grad is not None]
    for p in params:
        p.add_(p.grad, alpha=-lr / batch_size)
    for p in params:
        p.grad = torch.zeros_like(p)
    return params
