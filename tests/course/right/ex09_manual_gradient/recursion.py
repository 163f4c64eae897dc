from functools import reduce


def gradient(x, y, w):
    error = x * w - y
    return error * x + x * error


def descend(xs, ys, w, lr, epochs):
    if epochs == 0:
        return []
    w = reduce(lambda w, xy: w - lr * gradient(*xy, w), zip(xs, ys), w)
    return [w, *descend(xs, ys, w, lr, epochs - 1)]
