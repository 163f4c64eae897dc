import torch


def squared_loss(y_hat, y):
    truth = y.flatten()
    losses = []
    for i, guess in enumerate(y_hat.flatten()):
        losses.append(0.5 * (guess - truth[i]) ** 2)
    return torch.stack(losses).view(y_hat.shape)
