import torch
from torch.func import grad_and_value


def linreg(X, w, b):
    return torch.addmm(b, X, w)


def loss_of(params, X, y):
    return 0.5 * torch.nn.functional.mse_loss(linreg(X, *params), y)


def train(features, labels, lr, num_epochs, batch_size):
    params = (torch.randn_like(features[0]).unsqueeze(1), torch.randn_like(features[0, :1]))
    losses = []
    for _ in range(num_epochs):
        order = torch.randperm(len(features), device=features.device)
        for batch in order.split(batch_size):
            grads, _ = grad_and_value(loss_of)(params, features[batch], labels[batch])
            params = tuple(p - lr * g for p, g in zip(params, grads))
        losses.append(loss_of(params, features, labels).item())
    return [*params, losses]
