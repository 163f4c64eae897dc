import numpy as np
import torch

rng = np.random.default_rng(7)


def synthetic_data(w, b, num_examples):
    truth = w.detach().cpu().numpy().astype(np.float64)
    x = rng.standard_normal((num_examples, truth.size))
    y = x.dot(truth) + float(b) + rng.normal(scale=0.01, size=num_examples)
    return torch.from_numpy(x).to(w), torch.from_numpy(y[:, None]).to(w)
