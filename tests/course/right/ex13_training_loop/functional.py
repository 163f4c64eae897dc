import torch
from torch.func import functional_call


def fit(model, inputs, targets, lr, num_epochs):
    params = dict(model.named_parameters())
    home = next(iter(params.values())).device
    x, y = inputs.to(home), targets.to(home)
    losses = []
    for _ in range(num_epochs):
        loss = torch.mean((functional_call(model, params, (x,)) - y) ** 2)
        grads = torch.autograd.grad(loss, list(params.values()))
        with torch.no_grad():
            for p, g in zip(params.values(), grads):
                p.add_(g, alpha=-lr)
        losses.append(float(loss.detach().cpu().numpy()))
    return losses


def predict(model, inputs):
    kept = model.training
    model.eval()
    with torch.no_grad():
        y = model(inputs.to(next(model.parameters()).device))
    model.train(kept)
    return y.clone()
