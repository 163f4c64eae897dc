import numpy as np
import torch
from torch.func import grad


def loss(params, z, u):
    r, c = params
    return torch.nn.functional.mse_loss(r * z + c, u)


def fit_ohms_law(current, voltage):
    z, u = torch.ravel(current).double(), torch.ravel(voltage).double()
    middle, width = z.mean(), z.max() - z.min()
    z = (z - middle) / width
    params = (torch.zeros_like(middle), torch.zeros_like(middle))
    step = grad(loss)
    for _ in range(250):
        params = tuple(p - 0.9 * g for p, g in zip(params, step(params, z, u)))
    r = params[0] / width
    return np.float64(r.item()), np.float64((params[1] - r * middle).item())
