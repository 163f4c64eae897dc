def descend(xs, ys, w, lr, epochs):
    losses = []
    while epochs:
        for x, y in zip(xs, ys):
            loss = (y - w * x) ** 2
            loss.backward()
            slope, w.grad = w.grad, None
            w.requires_grad_(False)
            w -= lr * slope
            w.requires_grad_(True)
        losses.append(loss.item())
        epochs -= 1
    return losses
