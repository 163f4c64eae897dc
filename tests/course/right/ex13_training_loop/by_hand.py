import torch


def where(model):
    for p in model.parameters():
        return p.device


def fit(model, inputs, targets, lr, num_epochs):
    """No optimiser: the mean over all elements, and the step on every parameter."""
    x = inputs.to(where(model))
    y = targets.to(where(model))
    losses = []
    epoch = 0
    while epoch < num_epochs:
        for p in model.parameters():
            p.grad = None
        error = model(x) - y
        loss = (error * error).sum() / error.numel()
        losses = losses + [float(loss)]
        loss.backward()
        for p in model.parameters():
            if p.grad is not None:
                p.data = p.data - lr * p.grad
        epoch += 1
    return losses


@torch.no_grad()
def predict(model, inputs):
    before = model.training
    try:
        return model.eval()(inputs.to(where(model)))
    finally:
        model.train(before)
