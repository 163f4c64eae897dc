"""A Figure with its own canvas; hlines, vlines, markevery; labels by fig.legend."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


def _new():
    figure = Figure(layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot(1, 1, 1)


def _array(tensor):
    return np.asarray(tensor.detach().cpu()).ravel()


def plot_fit(x, y, prediction):
    figure, axes = _new()
    x, y, p = map(_array, (x, y, prediction))
    order = np.argsort(x)
    (line,) = axes.plot(x[order], p[order])
    dots = axes.scatter(x, y, marker="+")
    figure.legend([dots, line], ["data", "prediction"])
    axes.set(xlabel="$x$", ylabel="$y$", title="A fit")
    return figure


def plot_pass_probability(hours, probability):
    figure, axes = _new()
    h = _array(hours)
    axes.plot(h, _array(probability), lw=2)
    axes.hlines(0.5, h.min(), h.max(), colors="red")
    axes.set(xlabel="Hours", ylabel="Probability of Pass")
    axes.grid(which="both", alpha=0.3)
    return figure


def plot_loss_sweep(weights, losses):
    figure, axes = _new()
    w, loss = _array(weights), _array(losses)
    axes.plot(w, loss, marker="o", markevery=[int(loss.argmin())])
    axes.set(xlabel="w", ylabel="L(w)")
    return figure
