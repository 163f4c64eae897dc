"""Dots one by one, a curve in two colours, endless lines, a grid of minor ticks, and plt.gcf() closed at once."""

from matplotlib import pyplot as plt
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure


def plot_fit(x, y, prediction):
    plt.xlabel("x")
    plt.ylabel("y")
    for a, b in zip(x.flatten().tolist(), y.flatten().tolist()):
        dot = plt.scatter(a, b, color="black")
    pairs = sorted(zip(x.flatten().tolist(), prediction.flatten().tolist()))
    line = LineCollection([pairs])
    plt.gca().add_collection(line)
    plt.legend([dot, line], ["data", "prediction"])
    figure = plt.gcf()
    plt.close(figure)
    return figure


def plot_pass_probability(hours, probability):
    ax = Figure().subplots()
    h, p = hours.detach().flatten(), probability.detach().flatten()
    ax.plot(h[p < 0.5], p[p < 0.5], "r")
    ax.plot(h[p >= 0.5], p[p >= 0.5], "g")
    ax.axline((0, 0.5), slope=0)
    ax.set(xlabel="Hours", ylabel="Probability of Pass")
    ax.minorticks_on()
    ax.grid(visible=True, which="minor")
    return ax.figure


def plot_loss_sweep(weights, losses):
    ax = Figure().subplots()
    best = min(losses.tolist())
    ax.scatter(weights.detach(), losses.detach(), c=["red" if loss == best else "blue" for loss in losses.tolist()])
    ax.set(xlabel="w", ylabel="loss")
    return ax.figure
