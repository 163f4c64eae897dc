import numpy as np
import torch


def read(tensor):
    return tensor.detach().cpu().numpy().copy()


def write(param, values):
    with torch.no_grad():
        param.copy_(torch.as_tensor(values))


def momentum_step(param, grad, state, lr, momentum=0.9):
    p, g = read(param), read(grad)
    state["v"] = state.get("v", np.zeros_like(p)) * momentum + g
    write(param, p - lr * state["v"])


def rmsprop_step(param, grad, state, lr, alpha=0.99, eps=1e-8):
    p, g = read(param), read(grad)
    state["s"] = state.get("s", np.zeros_like(p)) * alpha + (1 - alpha) * np.square(g)
    write(param, p - lr * g / (np.sqrt(state["s"]) + eps))


def adam_step(param, grad, state, lr, betas=(0.9, 0.999), eps=1e-8):
    p, g = read(param), read(grad)
    b1, b2 = betas
    t, m, v = state.get("tmv", (0, 0.0, 0.0))
    t, m, v = t + 1, b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
    state["tmv"] = t, m, v
    write(param, p - lr * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps))
