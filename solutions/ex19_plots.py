"""Figures of a fit, of a probability and of a loss."""

from matplotlib.figure import Figure
from torch import Tensor


def plot_fit(x: Tensor, y: Tensor, prediction: Tensor) -> Figure:
    """Return data as points and the prediction as a line."""
    # A Figure of one's own, without pyplot: no window can open, and nothing has to be closed.
    figure = Figure()
    axes = figure.subplots()
    x, y, prediction = (numbers(tensor) for tensor in (x, y, prediction))
    # A line runs through its points in the order given: without sorting it would double back on itself.
    order = x.argsort()
    axes.scatter(x, y, alpha=0.5, label="data")
    axes.plot(x[order], prediction[order], color="tab:red", label="prediction")
    axes.set(xlabel="x", ylabel="y")
    axes.legend()
    return figure


def plot_pass_probability(hours: Tensor, probability: Tensor) -> Figure:
    """Return the probability over the hours, with the line at which one side is as likely as the other."""
    figure = Figure()
    axes = figure.subplots()
    axes.plot(numbers(hours), numbers(probability))
    axes.axhline(0.5, color="tab:red", linestyle="--")
    axes.set(xlabel="Hours", ylabel="Probability of Pass")
    axes.grid()
    return figure


def plot_loss_sweep(weights: Tensor, losses: Tensor) -> Figure:
    """Return the loss over the weight, with a dot at its minimum."""
    figure = Figure()
    axes = figure.subplots()
    w, loss = numbers(weights), numbers(losses)
    best = loss.argmin()
    axes.plot(w, loss)
    axes.plot(w[best], loss[best], "o", color="tab:red")
    axes.set(xlabel="w", ylabel="Loss")
    return figure


def numbers(tensor: Tensor) -> Tensor:
    """Return the contents as a flat tensor that matplotlib can read: without a graph, in memory."""
    return tensor.detach().cpu().flatten()
