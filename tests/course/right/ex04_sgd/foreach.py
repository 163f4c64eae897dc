import torch


def sgd(params, lr, batch_size):
    moved = [p for p in list(params) if p.grad is not None]
    grads = [p.grad for p in moved]
    with torch.no_grad():
        torch._foreach_mul_(grads, lr / batch_size)
        torch._foreach_sub_(moved, grads)
    torch._foreach_zero_(grads)
