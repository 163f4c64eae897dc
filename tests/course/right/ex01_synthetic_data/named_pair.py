from typing import NamedTuple

import torch


class Data(NamedTuple):
    features: torch.Tensor
    labels: torch.Tensor


def synthetic_data(w, b, num_examples):
    X = torch.randn(num_examples, w.shape[0]).to(w)
    y = X.mv(w) + torch.as_tensor(b).to(w) + torch.randn(num_examples).to(w).mul_(0.01)
    return Data(features=X, labels=y[:, None])
