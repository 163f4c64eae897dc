"""The plt.* functions on a figure of one's own, closed at the end; lines of axhline and axvline."""

from matplotlib import pyplot as plt


def plot_fit(x, y, prediction):
    x, y, prediction = [t.detach().cpu().reshape(-1).tolist() for t in (x, y, prediction)]
    figure = plt.figure(figsize=(5, 4))
    plt.scatter(x, y, 4, alpha=0.3)
    xs, ps = zip(*sorted(zip(x, prediction)))
    plt.plot(xs, ps, "g--", marker="x")
    plt.legend(["measured", "model"], loc="best")
    plt.xlabel("input")
    plt.ylabel("output")
    plt.title("fit")
    plt.close()
    return figure


def plot_pass_probability(hours, probability):
    figure = plt.figure()
    plt.axhline(y=0.5, linestyle=":")
    plt.plot(hours.detach().reshape(-1).tolist(), probability.detach().reshape(-1).tolist(), label="p")
    plt.xlabel("Hours")
    plt.ylabel("Probability of Pass")
    plt.ylim(0, 1)
    plt.grid(True, axis="y")
    plt.legend()
    plt.close(figure)
    return figure


def plot_loss_sweep(weights, losses):
    figure = plt.figure()
    w, l = weights.detach().numpy(), losses.detach().numpy()
    plt.plot(w, l, ".-")
    plt.axvline(w[l.argmin()], color="k")
    plt.xlabel("weight")
    plt.ylabel("mean squared error")
    plt.close("all")
    return figure
