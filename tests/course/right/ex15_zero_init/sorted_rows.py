import torch


def init_params(num_inputs, num_hidden):
    with torch.no_grad():
        W1 = torch.zeros(num_hidden, num_inputs).normal_(std=0.01)
        W2 = torch.randn((1, num_hidden)).mul_(0.01)
        b1, b2 = torch.zeros(num_hidden), torch.zeros((1,))
    params = [W1, b1, W2, b2]
    for p in params:
        p.requires_grad = True
    return params


def distinct_units(W1):
    rows = sorted(W1.tolist())
    return 1 + sum(a != b for a, b in zip(rows, rows[1:]))
