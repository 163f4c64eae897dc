import torch


def squared_loss(y_hat, y):
    target = torch.reshape(y, y_hat.size())
    return (
        (y_hat.pow(2) - 2 * y_hat * target + target.pow(2)).div(2)
        if y_hat.dtype != torch.float64
        else (torch.square(y_hat - target) / 2)
    )
