import random

import torch


def init_params(num_inputs, num_hidden):
    W1 = [[random.gauss(0.0, 0.01) for _ in range(num_inputs)] for _ in range(num_hidden)]
    W2 = [[random.gauss(0.0, 0.01) for _ in range(num_hidden)]]
    b1, b2 = [0.0] * num_hidden, [0.0]
    return tuple(torch.tensor(values, requires_grad=True) for values in (W1, b1, W2, b2))


def distinct_units(W1):
    count = 0
    for i in range(len(W1)):
        new = True
        for j in range(i):
            if torch.equal(W1[i], W1[j]):
                new = False
        if new:
            count += 1
    return count
