import torch


class HalfSquare(torch.autograd.Function):
    @staticmethod
    def forward(ctx, difference):
        ctx.save_for_backward(difference)
        return difference**2 / 2

    @staticmethod
    def backward(ctx, grad):
        (difference,) = ctx.saved_tensors
        return grad * difference


def squared_loss(y_hat, y):
    return HalfSquare.apply(y_hat - y.reshape(y_hat.shape))
