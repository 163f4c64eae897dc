import torch


def mse_curve(xs, ys, weights):
    # Examples go down, weights go right.
    table = torch.outer(xs, weights).sub_(ys.unsqueeze(1))
    return torch.einsum("nk,nk->k", table, table).div_(len(xs))
