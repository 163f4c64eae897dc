"""Detached tensors go straight to matplotlib; the minimum is text, the loss is dots; two entries by label."""

import torch
from matplotlib.figure import Figure


def plot_fit(x, y, prediction):
    with torch.no_grad():
        figure = Figure()
        ax = figure.add_axes((0.1, 0.1, 0.8, 0.8))
        ax.plot(x.detach(), y.detach(), linestyle="none", marker="o", label="y")
        ax.plot(x.detach(), prediction.detach(), "-", label="ŷ")
        ax.legend()
        ax.set_xlabel("x")
        ax.set_ylabel("y")
    return figure


def plot_pass_probability(hours, probability):
    figure = Figure()
    ax = figure.add_subplot()
    hours = hours.detach()
    ax.plot(hours, probability.detach())
    ax.plot(hours, torch.full_like(hours, 0.5), "--")
    ax.set_xlabel("Hours")
    ax.set_ylabel("Probability of Pass")
    ax.grid(True)
    return figure


def plot_loss_sweep(weights, losses):
    figure = Figure()
    ax = figure.add_subplot()
    weights, losses = weights.detach(), losses.detach()
    ax.scatter(weights, losses)
    best = losses.argmin()
    ax.text(weights[best], losses[best], f"w = {weights[best]:.2f}")
    ax.set_xlabel("w")
    ax.set_ylabel("Loss")
    return figure
