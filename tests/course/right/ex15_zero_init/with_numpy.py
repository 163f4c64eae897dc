import numpy as np
import torch


def init_params(num_inputs, num_hidden):
    W1 = np.random.normal(0, 0.01, (num_hidden, num_inputs)).astype(np.float32)
    W2 = np.random.default_rng().normal(0, 0.01, (1, num_hidden)).astype(np.float32)
    arrays = W1, np.zeros(num_hidden, np.float32), W2, np.zeros(1, np.float32)
    return [torch.from_numpy(a).requires_grad_() for a in arrays]


def distinct_units(W1):
    return np.unique(W1.detach().numpy(), axis=0).shape[0]
