import torch


def fit_ohms_law(current, voltage):
    """Divides by the largest current only; momentum copes with the slanted bowl."""
    scale = current.abs().max()
    x, u = current.flatten() / scale, voltage.flatten()
    theta = torch.zeros(2, dtype=x.dtype, device=x.device)
    speed = torch.zeros_like(theta)
    for _ in range(400):
        error = theta[0] * x + theta[1] - u
        gradient = torch.stack([(error * x).mean(), error.mean()])
        speed = 0.9 * speed - 0.2 * gradient
        theta = theta + speed
    return [float(theta[0] / scale), float(theta[1])]
