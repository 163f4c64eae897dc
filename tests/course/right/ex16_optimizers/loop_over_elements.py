import math

import torch


def momentum_step(param, grad, state, lr, momentum=0.9):
    p, g = param.detach().reshape(-1).tolist(), grad.reshape(-1).tolist()
    v = state.get("v", [0.0] * len(p))
    state["v"] = v = [momentum * a + b for a, b in zip(v, g)]
    write(param, [a - lr * b for a, b in zip(p, v)])


def rmsprop_step(param, grad, state, lr, alpha=0.99, eps=1e-8):
    p, g = param.detach().reshape(-1).tolist(), grad.reshape(-1).tolist()
    s = state.get("s", [0.0] * len(p))
    state["s"] = s = [alpha * a + (1 - alpha) * b * b for a, b in zip(s, g)]
    write(param, [a - lr * b / (math.sqrt(c) + eps) for a, b, c in zip(p, g, s)])


def adam_step(param, grad, state, lr, betas=(0.9, 0.999), eps=1e-8):
    p, g = param.detach().reshape(-1).tolist(), grad.reshape(-1).tolist()
    t = state["t"] = state.get("t", 0) + 1
    m = state["m"] = [betas[0] * a + (1 - betas[0]) * b for a, b in zip(state.get("m", [0.0] * len(p)), g)]
    s = state["s"] = [betas[1] * a + (1 - betas[1]) * b**2 for a, b in zip(state.get("s", [0.0] * len(p)), g)]
    new = []
    for i in range(len(p)):
        a, b = m[i] / (1 - betas[0] ** t), s[i] / (1 - betas[1] ** t)
        new.append(p[i] - lr * a / (math.sqrt(b) + eps))
    write(param, new)


def write(param, values):
    with torch.no_grad():
        param.copy_(torch.tensor(values, dtype=param.dtype).reshape(param.shape))
