def sgd(params, lr, batch_size):
    for p in params:
        if p.grad is not None:
            p.data = p.data - lr * p.grad.data / batch_size
            p.grad = None
