import torch


def polynomial_features(x, degree):
    x = x.reshape(len(x))
    return torch.stack([x**k for k in range(1, degree + 1)], dim=-1)


def ridge(X, y, weight_decay):
    n, d = X.shape
    mx, my = X.mean(0, keepdim=True), y.mean(0, keepdim=True)
    rows = torch.cat([X - mx, weight_decay**0.5 * torch.eye(d).to(X)])
    targets = torch.cat([y - my, torch.zeros(d, 1).to(y)])
    w = torch.linalg.lstsq(rows, targets, driver="gelsd").solution
    return [w, (my - mx @ w).squeeze(0)]


def diagnose(train_error, validation_error, target_error):
    return "high bias" if train_error > target_error else "high variance" if validation_error > target_error else "good"
