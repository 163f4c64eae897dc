import torch


def polynomial_features(x, degree):
    rows = []
    for value in x.flatten().tolist():
        rows.append([value**k for k in range(1, degree + 1)])
    return torch.tensor(rows, dtype=x.dtype)


def ridge(X, y, weight_decay):
    n, d = X.shape
    mean_x = [float(X[:, j].double().mean()) for j in range(d)]
    mean_y = float(y.double().mean())
    A = torch.zeros(d, d, dtype=torch.float64)
    c = torch.zeros(d, 1, dtype=torch.float64)
    for i in range(n):
        for j in range(d):
            for k in range(d):
                A[j, k] += (float(X[i, j]) - mean_x[j]) * (float(X[i, k]) - mean_x[k])
            c[j, 0] += (float(X[i, j]) - mean_x[j]) * (float(y[i, 0]) - mean_y)
    for j in range(d):
        A[j, j] += weight_decay
    L = torch.linalg.cholesky(A)
    w = torch.cholesky_solve(c, L)
    b = mean_y - sum(mean_x[j] * float(w[j, 0]) for j in range(d))
    return w.to(X.dtype), torch.tensor([b], dtype=X.dtype)


def diagnose(train_error, validation_error, target_error):
    answer = "good"
    if validation_error > target_error:
        answer = "high variance"
    if train_error > target_error:
        answer = "high bias"
    return answer
