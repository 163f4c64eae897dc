from typing import NamedTuple

import torch
from torch.nn import Parameter


class Params(NamedTuple):
    W1: torch.Tensor
    b1: torch.Tensor
    W2: torch.Tensor
    b2: torch.Tensor


def init_params(num_inputs, num_hidden):
    generator = torch.Generator().manual_seed(int(torch.randint(1 << 30, ())))
    both = torch.empty(num_hidden, num_inputs + 1).normal_(0, 0.01, generator=generator)
    return Params(
        Parameter(both[:, :-1].clone()),
        Parameter(torch.zeros(num_hidden)),
        Parameter(both[:, -1:].T.clone()),
        Parameter(torch.zeros(1)),
    )


def distinct_units(W1):
    same = (W1[:, None, :] == W1[None, :, :]).all(dim=-1)
    earlier = torch.tril(same, diagonal=-1).any(dim=1)
    return int((~earlier).sum())
