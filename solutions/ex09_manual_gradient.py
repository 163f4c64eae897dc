"""Gradient descent on y = w·x with a gradient worked out by hand."""


def gradient(x: float, y: float, w: float) -> float:
    """Return the derivative of (x·w − y)² with respect to w."""
    # Chain rule: 2·(x·w − y) from the square, times x from inside it.
    return 2 * x * (x * w - y)


def descend(xs: list[float], ys: list[float], w: float, lr: float, epochs: int) -> list[float]:
    """Return w after each epoch; it takes one step after every sample."""
    path = []
    for _ in range(epochs):
        for x, y in zip(xs, ys, strict=True):
            w = w - lr * gradient(x, y, w)
        path.append(w)
    return path
