import torch


def _take(make, param, grad, state, lr, **settings):
    if "optimiser" not in state:
        state["optimiser"] = make([param], lr=lr, **settings)
    optimiser = state["optimiser"]
    for group in optimiser.param_groups:
        group["lr"] = lr
        group.update(settings)
    before = param.grad
    param.grad = grad.clone()
    optimiser.step()
    param.grad = before


def momentum_step(param, grad, state, lr, momentum=0.9):
    _take(torch.optim.SGD, param, grad, state, lr, momentum=momentum)


def rmsprop_step(param, grad, state, lr, alpha=0.99, eps=1e-8):
    _take(torch.optim.RMSprop, param, grad, state, lr, alpha=alpha, eps=eps)


def adam_step(param, grad, state, lr, betas=(0.9, 0.999), eps=1e-8):
    _take(torch.optim.Adam, param, grad, state, lr, betas=betas, eps=eps)
