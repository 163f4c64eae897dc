import numpy as np


def sgd(params, lr, batch_size):
    for p in params:
        if p.grad is None:
            continue
        values = p.detach().numpy()
        np.subtract(values, (lr / batch_size * p.grad.numpy()).astype(values.dtype), out=values)
        p.grad.zero_()
