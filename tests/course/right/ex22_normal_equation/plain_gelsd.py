import torch


def normal_equation(X, y):
    A = torch.cat((X, X.new_ones(X.shape[0], 1)), 1)
    wb, *_ = torch.linalg.lstsq(A, y, driver="gelsd")
    return [wb[:-1], wb[-1]]
