import math

import torch


def mse(params, x, y):
    w, b = params
    return torch.nn.functional.mse_loss(w * x + b, y)


def loss_history(lr, inputs, targets, num_epochs):
    params = (inputs.new_zeros(()), inputs.new_zeros(()))
    step = torch.func.grad_and_value(mse)
    losses = ()
    for _ in range(num_epochs):
        grads, loss = step(params, inputs, targets)
        params = tuple(p - lr * g for p, g in zip(params, grads))
        losses += (loss.item(),)
    return losses


def judge(losses):
    verdict = "slow"
    if len(losses) > 1:
        a, b = losses[-2:]
        if a == b or abs(b - a) < a / 1000:
            verdict = "converged"
    if losses[-1] > losses[0] or not math.isfinite(losses[-1]):
        verdict = "diverged"
    return verdict
