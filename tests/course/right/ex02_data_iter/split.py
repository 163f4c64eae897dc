import torch


def data_iter(batch_size, features, labels):
    order = torch.randperm(features.shape[0])
    return zip(features[order].split(batch_size), labels[order].split(batch_size))
