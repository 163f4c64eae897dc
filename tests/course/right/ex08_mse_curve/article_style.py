import torch


def forward(x, w):
    return x * w


def loss(x, y, w):
    y_pred = forward(x, w)
    return (y_pred - y) * (y_pred - y)


def mse_curve(xs, ys, weights):
    mse_list = []
    for w in weights:
        l_sum = 0
        for x_val, y_val in zip(xs, ys):
            l_sum += loss(x_val, y_val, w)
        mse_list.append(l_sum / len(xs))
    return torch.stack(mse_list) if mse_list else torch.empty_like(weights)
