"""Exercise 9: gradient descent by hand.

The model is y = w·x. On one sample (x, y) its loss is (x·w − y)², and the slope of that
loss over w is, by the chain rule,

    gradient = 2 · x · (x·w − y)

A step against the slope makes the loss smaller:

    w ← w − lr · gradient

No tensors here: plain Python numbers, so that nothing is hidden.

Fill in both functions, save, and run:  grader check ex9
"""


def gradient(x: float, y: float, w: float) -> float:
    """Return the derivative of (x·w − y)² with respect to w."""
    raise NotImplementedError


def descend(xs: list[float], ys: list[float], w: float, lr: float, epochs: int) -> list[float]:
    """Return w after each epoch of gradient descent.

    Args:
        xs: inputs, at least one.
        ys: true values, as many.
        w: the weight to start from.
        lr: the learning rate.
        epochs: how many times to go through all samples; may be 0.

    In each epoch the samples are taken in their order, and w takes one step after every
    single sample. The result has one number for each epoch. `xs` and `ys` do not change.
    """
    raise NotImplementedError
