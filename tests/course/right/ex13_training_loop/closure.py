import torch
import torch.nn.functional as F


def fit(model, inputs, targets, lr, num_epochs):
    device, *_ = {p.device for p in model.parameters()}
    inputs, targets = inputs.to(device), targets.to(device)
    opt = torch.optim.SGD(model.parameters(), lr=lr, foreach=False)

    def closure():
        opt.zero_grad()
        loss = F.mse_loss(model(inputs), targets)
        loss.backward()
        return loss

    return [opt.step(closure).item() for _ in range(num_epochs)]


def predict(model, inputs):
    device, *_ = {p.device for p in model.parameters()}
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    grad = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    y = model(inputs.to(device))
    torch.set_grad_enabled(grad)
    for m, mode in modes:
        m.training = mode
    return y
