import random

import torch


def data_iter(batch_size, features, labels):
    num_examples = len(features)
    indices = list(range(num_examples))
    random.shuffle(indices)
    for i in range(0, num_examples, batch_size):
        batch_indices = torch.tensor(indices[i : min(i + batch_size, num_examples)])
        yield features[batch_indices], labels[batch_indices]


def linreg(X, w, b):
    return torch.matmul(X, w) + b


def squared_loss(y_hat, y):
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2


def sgd(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad / batch_size
            param.grad.zero_()


def train(features, labels, lr, num_epochs, batch_size):
    kind = {"dtype": features.dtype, "device": features.device}
    w = torch.normal(0, 0.01, size=(features.shape[1], 1), **kind).requires_grad_()
    b = torch.zeros(1, requires_grad=True, **kind)
    net = linreg
    loss = squared_loss
    losses = []
    for epoch in range(num_epochs):
        for X, y in data_iter(batch_size, features, labels):
            l = loss(net(X, w, b), y)
            l.sum().backward()
            sgd([w, b], lr, len(X))
        with torch.no_grad():
            train_loss = loss(net(features, w, b), labels)
            print("epoch {}, loss {}".format(epoch + 1, float(train_loss.mean())))
            losses.append(float(train_loss.mean()))
    return w, b, losses
