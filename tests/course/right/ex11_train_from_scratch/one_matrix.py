import torch
from torch import optim


def linreg(X, w, b):
    ones = torch.ones(X.shape[0], 1, dtype=X.dtype, device=X.device)
    return torch.cat([X, ones], 1) @ torch.cat([w, b.view(1, 1)], 0)


def train(features, labels, lr, num_epochs, batch_size):
    w = features.new_empty((features.shape[1], 1)).normal_(0, 0.01).requires_grad_(True)
    b = features.new_zeros((1,)).requires_grad_(True)
    opt = optim.SGD([w, b], lr=lr)
    losses = []
    for _ in range(num_epochs):
        seen = []
        for rows in torch.utils.data.BatchSampler(
            torch.utils.data.RandomSampler(range(len(features))), batch_size, drop_last=False
        ):
            errors = (linreg(features[rows], w, b) - labels[rows]) ** 2 / 2
            opt.zero_grad()
            errors.mean().backward()
            opt.step()
            seen.append(errors.detach())
        losses.append(torch.cat(seen).mean().item())
    return w, b, losses
