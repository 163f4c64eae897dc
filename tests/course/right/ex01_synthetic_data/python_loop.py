import random

import torch


def synthetic_data(w, b, num_examples):
    weights, bias = w.tolist(), float(b)
    features, labels = [], []
    for _ in range(num_examples):
        row = [random.gauss(0, 1) for _ in weights]
        features.append(row)
        labels.append(sum(x * k for x, k in zip(row, weights)) + bias + random.gauss(0, 0.01))
    kind = dict(dtype=w.dtype, device=w.device)
    return torch.tensor(features, **kind).reshape(num_examples, len(weights)), torch.tensor(labels, **kind).view(-1, 1)
