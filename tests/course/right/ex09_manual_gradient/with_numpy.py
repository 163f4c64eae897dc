import numpy as np


def gradient(x, y, w):
    return np.float64(2) * x * (x * w - y)


def descend(xs, ys, w, lr, epochs):
    x, y, w = np.asarray(xs, dtype=float), np.asarray(ys, dtype=float), np.float64(w)
    seen = []
    for _ in range(epochs):
        for i in range(x.size):
            w -= lr * gradient(x[i], y[i], w)
        seen.append(w)
    return seen
