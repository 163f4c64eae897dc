w = 1.0


def forward(x):
    return x * w


def gradient(x, y, w):
    return 2 * x * (x * w - y)


def descend(xs, ys, start, lr, epochs):
    global w
    w = start
    w_list = []
    for epoch in range(epochs):
        for x, y in zip(xs, ys):
            w = w - lr * (2 * x * (forward(x) - y))
        w_list.append(w)
    return w_list
