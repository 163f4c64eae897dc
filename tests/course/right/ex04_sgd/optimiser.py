import torch


def sgd(params, lr, batch_size):
    optimiser = torch.optim.SGD(params, lr=lr / batch_size)
    optimiser.step()
    optimiser.zero_grad()
