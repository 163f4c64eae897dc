from torch import nn, optim


def fit(model, hours, passed, lr, num_epochs):
    model.train()
    opt = optim.SGD(list(model.parameters()), lr=lr, foreach=False)
    bce = nn.BCELoss(reduction="mean")

    def closure():
        opt.zero_grad(set_to_none=False)
        loss = bce(model(hours), passed) * passed.numel()
        loss.backward()
        return loss

    return tuple(opt.step(closure).item() for _ in range(num_epochs))


def decision_boundary(model):
    named = iter(model.state_dict().values())
    w = next(named).item()
    b = next(named).item()
    return -(b / w)
