"""Exercise 19: plots that a reader can use.

A figure says in a second what a table hides: whether the line follows the data, where the
probability crosses one half, which weight has the least loss. It does so only if the axes
say what they show and every mark can be told from the others.

Fill in the three functions, save, and run:  grader check ex19
"""

from matplotlib.figure import Figure
from torch import Tensor


def plot_fit(x: Tensor, y: Tensor, prediction: Tensor) -> Figure:
    """Return a figure of data and of the model fitted to it.

    Args:
        x: inputs, (n,) or (n, 1). Any of the three may require grad.
        y: measured values, one for each x.
        prediction: what the model says for each x.

    The data are points, the prediction is a line; a legend names both, and both axes have labels.
    """
    raise NotImplementedError


def plot_pass_probability(hours: Tensor, probability: Tensor) -> Figure:
    """Return a figure of the probability of passing over the hours of study.

    Args:
        hours: (n,) or (n, 1), in rising order.
        probability: from 0 to 1, one for each of the hours.

    A curve, a horizontal line at 0.5 as wide as the curve, a grid, and the labels "Hours" and
    "Probability of Pass".
    """
    raise NotImplementedError


def plot_loss_sweep(weights: Tensor, losses: Tensor) -> Figure:
    """Return a figure of the loss over the weight, its minimum marked.

    Args:
        weights: the weights that were tried, (n,).
        losses: the loss of each.

    The mark is up to you (a dot, a line, an annotation); both axes have labels.
    """
    raise NotImplementedError
