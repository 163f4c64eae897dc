import torch


def loss_history(lr, inputs, targets, num_epochs):
    w = torch.zeros(1, 1, dtype=inputs.dtype, device=inputs.device, requires_grad=True)
    b = torch.zeros(1, dtype=inputs.dtype, device=inputs.device, requires_grad=True)
    kept = []
    for _ in range(num_epochs):
        loss = torch.mean((inputs.mm(w) + b - targets).square())
        dw, db = torch.autograd.grad(loss, (w, b))
        w.data -= lr * dw
        b.data -= lr * db
        kept.append(loss.detach())
    return [float(loss) for loss in kept]


def judge(losses):
    last = torch.tensor(losses[-1], dtype=torch.float64)
    if not last.isfinite().item() or losses[-1] > losses[0]:
        return "diverged"
    if len(losses) < 2:
        return "slow"
    gap = abs(losses[-1] - losses[-2])
    return "converged" if not gap or gap < losses[-2] / 1000 else "slow"
