"""A class behind the functions; the minimum as a vertical stroke down to the axis."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt


class Sketch:
    def __init__(self, xlabel, ylabel):
        self.figure = plt.figure()
        self.axes = self.figure.gca()
        self.axes.set_xlabel(xlabel)
        self.axes.set_ylabel(ylabel)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        plt.close(self.figure)


def flat(t):
    return t.detach().to("cpu").numpy().flatten()


def plot_fit(x, y, prediction):
    with Sketch("x", "y") as s:
        s.axes.errorbar(flat(x), flat(y), fmt="o", label="data")
        s.axes.plot(flat(x), flat(prediction), label="fit")
        s.axes.legend()
    return s.figure


def plot_pass_probability(hours, probability):
    with Sketch("Hours", "Probability of Pass") as s:
        s.axes.fill_between(flat(hours), 0, flat(probability), alpha=0.2)
        s.axes.plot(flat(hours), flat(probability))
        s.axes.axhline(0.5)
        s.axes.grid()
    return s.figure


def plot_loss_sweep(weights, losses):
    with Sketch("w", "loss") as s:
        w, loss = flat(weights), flat(losses)
        s.axes.plot(w, loss)
        s.axes.vlines(w[loss.argmin()], 0, loss.min(), linestyles="dashed")
    return s.figure
