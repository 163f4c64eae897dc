import torch


def descend(xs, ys, w, lr, epochs):
    optimiser = torch.optim.SGD([w], lr=lr)
    losses = []
    for _ in range(epochs):
        for x, y in zip(xs, ys):
            optimiser.zero_grad()
            loss = torch.square(w * x - y).sum()
            loss.backward()
            optimiser.step()
        losses.append(float(loss))
    optimiser.zero_grad()
    return losses
