import torch


def normal_equation(X, y):
    # Keep the first of equal columns, solve, and give the others the weight zero.
    columns = X.T.tolist()
    kept = [j for j in range(len(columns)) if columns[j] not in columns[:j]]
    A = X[:, kept]
    mean_x, mean_y = A.mean(0), y.mean(0)
    Q, R = torch.linalg.qr(A - mean_x)
    some = torch.linalg.solve_triangular(R, Q.T @ (y - mean_y), upper=True)
    w = torch.zeros(X.shape[1], 1, dtype=X.dtype)
    w[kept] = some
    return w, mean_y - mean_x @ some
