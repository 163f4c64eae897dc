import numpy as np
import torch


def mse_curve(xs, ys, weights):
    x, y, w = (tensor.cpu().numpy() for tensor in (xs, ys, weights))
    return torch.from_numpy(np.mean(np.square(np.outer(w, x) - y), axis=1)).to(weights.device)
