import torch


def normal_equation(X, y):
    X64, y64 = X.double(), y.double()
    centre, mean = X64.mean(0), y64.mean()
    Z = X64 - centre
    size = Z.pow(2).mean(0).sqrt()
    Z = Z / size
    w = torch.zeros(X.shape[1], 1, dtype=torch.float64, device=X.device)
    r = Z.T @ (y64 - mean - Z @ w)
    p = r.clone()
    start = float((r * r).sum())
    for _ in range(10 * X.shape[1]):
        rr = float((r * r).sum())
        if rr <= 1e-26 * start:
            break
        q = Z.T @ (Z @ p)
        a = rr / float((p * q).sum())
        w, r = w + a * p, r - a * q
        p = r + float((r * r).sum()) / rr * p
    w = w / size[:, None]
    return w.to(X.dtype), (mean - centre @ w).to(X.dtype)
