import torch
from torch.autograd.functional import hessian


def second_derivative(f, x):
    flat = x.reshape(-1)
    h = hessian(lambda t: torch.as_tensor(f(t)).sum(), flat, create_graph=True)
    return h.diagonal().reshape(x.shape)
