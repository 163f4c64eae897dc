import numpy as np
import torch


def data_iter(batch_size, features, labels):
    order = np.arange(len(features))
    np.random.shuffle(order)
    batches = []
    while batch_size > 0 and len(order):
        now, order = order[:batch_size], order[batch_size:]
        batches.append((features[torch.from_numpy(now)], labels[torch.from_numpy(now)]))
    return batches
