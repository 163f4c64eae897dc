import torch


def polynomial_features(x, degree):
    return x.flatten().unsqueeze(1).expand(-1, degree).cumprod(dim=1)


def ridge(X, y, weight_decay):
    Xc, yc = X - X.mean(0), y - y.mean()
    U, S, Vh = torch.linalg.svd(Xc, full_matrices=False)
    shrink = (S / (S**2 + weight_decay)).unsqueeze(1)
    w = Vh.T @ (shrink * (U.T @ yc))
    b = (y - X @ w).mean().reshape(1)
    return w, b


def diagnose(train_error, validation_error, target_error):
    if not train_error <= target_error:
        return "high bias"
    elif not validation_error <= target_error:
        return "high variance"
    else:
        return "good"
