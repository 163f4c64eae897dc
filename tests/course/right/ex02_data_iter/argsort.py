import torch
from torch.utils.data import BatchSampler, SubsetRandomSampler


def data_iter(batch_size, features, labels):
    keys = torch.rand(len(features), dtype=torch.float64)
    sampler = SubsetRandomSampler(keys.argsort().tolist())
    for rows in BatchSampler(sampler, batch_size, drop_last=False):
        yield torch.index_select(features, 0, torch.tensor(rows, device=features.device)), labels[rows]
