import torch
import torch._dynamo  # the first torch.optim optimiser imports it, a second's work: better here than in a step


def sgd(params, lr, batch_size):
    optimiser = torch.optim.SGD(params, lr=lr / batch_size)
    optimiser.step()
    optimiser.zero_grad()
