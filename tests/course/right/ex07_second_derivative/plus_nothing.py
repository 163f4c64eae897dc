import torch


def second_derivative(f, x):
    t = x.clone()
    if not t.requires_grad:
        t.requires_grad_()
    # 0 · t² ties every function to t, so both derivatives always have a graph
    y = f(t) + 0 * t**3
    first = torch.autograd.grad(y, t, torch.ones_like(y), create_graph=True)[0]
    return torch.autograd.grad(first, t, torch.ones_like(first), create_graph=True)[0]
