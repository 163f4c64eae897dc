import torch


class Average:
    def __init__(self, decay):
        self.value, self.decay, self.mass = 0, decay, 1.0

    def add(self, new):
        self.value = self.value + (1 - self.decay) * (new - self.value)
        self.mass *= self.decay
        return self.value

    @property
    def unbiased(self):
        return self.value / (1 - self.mass)


def momentum_step(param, grad, state, lr, momentum=0.9):
    state["velocity"] = momentum * state.get("velocity", 0.0) + grad
    param.detach().sub_(lr * state["velocity"])


def rmsprop_step(param, grad, state, lr, alpha=0.99, eps=1e-8):
    size = state.setdefault("size", Average(alpha)).add(grad.square())
    param.detach().sub_(lr * grad / (torch.sqrt(size) + eps))


def adam_step(param, grad, state, lr, betas=(0.9, 0.999), eps=1e-8):
    if not state:
        state["averages"] = [Average(beta) for beta in betas]
    mean, square = state["averages"]
    mean.add(grad)
    square.add(grad * grad)
    param.detach().sub_(lr * mean.unbiased / (square.unbiased.sqrt() + eps))
