import torch


def init_params(num_inputs, num_hidden):
    W1 = torch.normal(0, 0.01, size=(num_hidden, num_inputs), requires_grad=True)
    b1 = torch.zeros(num_hidden, requires_grad=True)
    W2 = torch.normal(0, 0.01, size=(1, num_hidden), requires_grad=True)
    b2 = torch.zeros(1, requires_grad=True)
    return W1, b1, W2, b2


def distinct_units(W1):
    return len({tuple(row.tolist()) for row in W1})
