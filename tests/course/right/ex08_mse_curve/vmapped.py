import torch
import torch.nn.functional as F


def mse_curve(xs, ys, weights):
    if not len(weights):
        return weights.clone()
    return torch.func.vmap(lambda w: F.mse_loss(w * xs, ys))(weights)
