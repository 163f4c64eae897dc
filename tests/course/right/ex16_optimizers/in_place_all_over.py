import torch


def momentum_step(param, grad, state, lr, momentum=0.9):
    buf = state.get("momentum_buffer")
    if buf is None:
        buf = state["momentum_buffer"] = torch.clone(grad).detach()
    else:
        buf.mul_(momentum).add_(grad)
    param.data.add_(buf, alpha=-lr)


def rmsprop_step(param, grad, state, lr, alpha=0.99, eps=1e-8):
    with torch.no_grad():
        s = state.setdefault("square_avg", torch.zeros_like(grad))
        s.mul_(alpha).addcmul_(grad, grad, value=1 - alpha)
        param.addcdiv_(grad, s.sqrt().add_(eps), value=-lr)


def adam_step(param, grad, state, lr, betas=(0.9, 0.999), eps=1e-8):
    beta1, beta2 = betas
    with torch.no_grad():
        m = state.setdefault("exp_avg", torch.zeros_like(grad))
        s = state.setdefault("exp_avg_sq", torch.zeros_like(grad))
        step = state.setdefault("step", torch.zeros((), dtype=torch.float64))
        step += 1
        m.lerp_(grad, 1 - beta1)
        s.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
        t = step.item()
        denom = (s.sqrt() / (1 - beta2**t) ** 0.5).add_(eps)
        param.addcdiv_(m, denom, value=-lr / (1 - beta1**t))
