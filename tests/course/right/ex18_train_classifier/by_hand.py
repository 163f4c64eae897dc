import torch


def log_of(p):
    """The logarithm, and −100 without a slope where p is 0."""
    return torch.where(p > 0, p.clamp(min=torch.finfo(p.dtype).tiny).log(), torch.full_like(p, -100.0))


def fit(model, hours, passed, lr, num_epochs):
    """The cross-entropy written out, its logarithms held at −100 as nn.BCELoss holds them."""
    losses = []
    for _ in range(num_epochs):
        model.zero_grad()
        p = model(hours)
        loss = -torch.sum(passed * log_of(p) + (1 - passed) * log_of(1 - p))
        losses.append(float(loss))
        loss.backward()
        with torch.no_grad():
            for param in model.parameters():
                if param.grad is not None:
                    param -= lr * param.grad
    return losses


def decision_boundary(model):
    numbers = [p.detach().double().flatten()[0].item() for p in model.parameters()]
    return 0.0 - numbers[1] / numbers[0]
