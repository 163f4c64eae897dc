import torch


def fit_ohms_law(current, voltage):
    """Scales the rates instead of the data: one rate for the slope, one for the middle."""
    i = current.detach().reshape(-1, 1)
    u = voltage.detach().reshape(-1, 1)
    mean = i.mean()
    rate = 0.5 / ((i - mean) ** 2).mean()
    r = i.new_zeros(1, requires_grad=True)
    middle = i.new_zeros(1, requires_grad=True)
    for _ in range(50):
        dr, dm = torch.autograd.grad(((r * (i - mean) + middle - u) ** 2).mean() / 2, (r, middle))
        r = (r - rate * dr).detach().requires_grad_()
        middle = (middle - 0.5 * dm).detach().requires_grad_()
    return r.item(), (middle - r * mean).item()
