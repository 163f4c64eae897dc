def sgd(params, lr, batch_size):
    for param in params:
        if param.grad is None:
            continue
        gradient, param.grad = param.grad, None
        param.requires_grad_(False)
        param -= lr * gradient / batch_size
        param.requires_grad_(True)
