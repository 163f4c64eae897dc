from collections import namedtuple

import torch

Batch = namedtuple("Batch", "X y")


def data_iter(batch_size, features, labels):
    if len(features) == 0 or batch_size < 1:
        return
    for rows in torch.randperm(len(features)).split(batch_size):
        yield Batch(features[rows], labels[rows])
