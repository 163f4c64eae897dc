import torch


def mse_curve(xs, ys, weights):
    x, y = xs.tolist(), ys.tolist()
    curve = [sum((w * a - b) ** 2 for a, b in zip(x, y)) / len(x) for w in weights.tolist()]
    return torch.tensor(curve, dtype=weights.dtype, device=weights.device)
