import torch
import torch.nn.functional as F


def fit(model, hours, passed, lr, num_epochs):
    params = list(model.parameters())
    losses = []
    for _ in range(num_epochs):
        loss = F.binary_cross_entropy(model(hours), passed, reduction="none").sum()
        grads = torch.autograd.grad(loss, params)
        for p, g in zip(params, grads):
            p.data.sub_(g, alpha=lr)
        losses.append(loss.detach().tolist())
    return losses


def decision_boundary(model):
    weight, bias = torch.nn.utils.parameters_to_vector(model.parameters()).tolist()
    return -bias / weight
