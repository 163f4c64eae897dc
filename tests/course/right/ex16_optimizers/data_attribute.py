def momentum_step(param, grad, state, lr, momentum=0.9):
    v = grad.clone() if "v" not in state else state["v"] * momentum + grad
    state["v"] = v
    param.data = param.data - v * lr


def rmsprop_step(param, grad, state, lr, alpha=0.99, eps=1e-8):
    old = state.get("mean_square")
    new = (1 - alpha) * grad.pow(2)
    if old is not None:
        new = new + alpha * old
    state["mean_square"] = new
    param.data = param.data - lr / (new**0.5 + eps) * grad


def adam_step(param, grad, state, lr, betas=(0.9, 0.999), eps=1e-8):
    state["history"] = state.get("history", []) + [grad.clone()]
    t = len(state["history"])
    m = sum(betas[0] ** (t - 1 - i) * g for i, g in enumerate(state["history"])) * (1 - betas[0])
    s = sum(betas[1] ** (t - 1 - i) * g * g for i, g in enumerate(state["history"])) * (1 - betas[1])
    param.data = param.data - lr * (m / (1 - betas[0] ** t)) / ((s / (1 - betas[1] ** t)) ** 0.5 + eps)
