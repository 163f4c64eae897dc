import torch


def sgd(params, lr, batch_size):
    params = tuple(params)
    for i in range(len(params)):
        g = params[i].grad
        if g is None:
            continue
        g /= batch_size
        step = g * lr
        with torch.no_grad():
            params[i].copy_(params[i] - step)
        params[i].grad.zero_()
