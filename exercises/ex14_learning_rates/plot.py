"""The loss over the epochs at three learning rates: too small, good, too large."""

import torch

from grader.judge import Draw, Student, Text
from grader.judge.curves import line, points
from grader.model import Plot, Series

EPOCHS = 25


def plot(student: Student, draw: Draw) -> Plot:
    """Draw the histories on y = 2x + 1."""
    x = torch.linspace(-1.0, 1.0, 21).reshape(-1, 1)
    y, spread = 2 * x + 1, (x**2).mean().item()
    first = (y**2).mean().item()
    epochs = range(EPOCHS)
    series: list[Series] = []
    for lr in (0.02, 0.3, 1.03):
        losses = student.loss_history(lr, x, y, EPOCHS)
        label = Text(f"your losses, lr = {lr}", f"你的损失，lr = {lr}")
        series.append(line(epochs, losses, within=(0.0, 2 * first), label=label))
        # The mean of x is 0, so w and b go their ways apart: each step shrinks the distance of one by its own factor.
        due = [4 * spread * (1 - 2 * lr * spread) ** (2 * n) + (1 - 2 * lr) ** (2 * n) for n in epochs]
        shown = [n for n in epochs if due[n] <= 2 * first][::4]
        series.append(points(shown, [due[n] for n in shown], label=Text(f"due, lr = {lr}", f"应为，lr = {lr}")))
    return Plot(
        title=Text("The same training at three learning rates", "同样的训练，三个学习率"),
        x_label=Text("epoch", "轮数"),
        y_label=Text("loss", "损失"),
        series=tuple(series),
    )
