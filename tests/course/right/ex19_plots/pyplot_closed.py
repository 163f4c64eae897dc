"""pyplot with its figures closed; format strings as in the articles."""

import matplotlib.pyplot as plt


def plot_fit(x, y, prediction):
    fig, ax = plt.subplots()
    ax.plot(x.detach().numpy(), y.detach().numpy(), "ro", label="Original Data")
    ax.plot(x.detach().numpy(), prediction.detach().numpy(), label="Fitting Line")
    ax.set_xlabel("x")
    ax.set_ylabel("y")
    ax.legend()
    plt.close(fig)
    return fig


def plot_pass_probability(hours, probability):
    fig, ax = plt.subplots()
    ax.plot(hours.detach().numpy(), probability.detach().numpy())
    ax.plot([0, 10], [0.5, 0.5], c="r")
    ax.set_xlabel("Hours")
    ax.set_ylabel("Probability of Pass")
    ax.grid()
    plt.close(fig)
    return fig


def plot_loss_sweep(weights, losses):
    fig, ax = plt.subplots()
    i = int(losses.argmin())
    ax.plot(weights.detach().numpy(), losses.detach().numpy())
    ax.annotate(
        "minimum",
        xy=(weights[i].item(), losses[i].item()),
        xytext=(10, 30),
        textcoords="offset points",
        arrowprops={"arrowstyle": "->"},
    )
    ax.set_ylabel("Loss")
    ax.set_xlabel("w")
    plt.close(fig)
    return fig
