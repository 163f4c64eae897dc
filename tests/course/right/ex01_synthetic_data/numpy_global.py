import numpy
import torch


def synthetic_data(w, b, num_examples):
    features = torch.tensor(numpy.random.randn(num_examples, w.shape[0]), dtype=w.dtype, device=w.device)
    noise = torch.tensor(numpy.random.normal(0, 0.01, (num_examples, 1)), dtype=w.dtype, device=w.device)
    return features, features @ w.unsqueeze(1) + float(b) + noise
