import torch


def second_derivative(f, x):
    was, held = x.requires_grad, x.grad
    x.requires_grad_(True)
    x.grad = None
    y = f(x)
    try:
        for _ in range(2):
            if not torch.is_tensor(y) or not y.requires_grad:
                return torch.zeros_like(x)
            x.grad = None
            y.sum().backward(create_graph=True)
            if x.grad is None:
                return torch.zeros_like(x)
            y = x.grad
        return y
    finally:
        x.grad = held
        if not was:
            x.requires_grad_(False)
