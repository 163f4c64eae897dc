import random

import torch


def data_iter(batch_size, features, labels):
    examples = list(zip(features, labels))
    random.shuffle(examples)
    while examples:
        batch = [examples.pop() for _ in range(min(batch_size, len(examples)))]
        if not batch:
            raise ValueError("batch_size must be positive")
        yield [torch.stack(part) for part in zip(*batch)]
