import torch


@torch.no_grad()
def mse_curve(xs, ys, weights):
    out = torch.zeros_like(weights)
    for i in range(weights.shape[0]):
        out[i] = torch.nn.MSELoss()(weights[i] * xs, ys)
    return out
