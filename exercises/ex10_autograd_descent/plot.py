"""The loss of each epoch's last sample, beside where it should be."""

import torch

from grader.judge import Draw, Student, Text
from grader.judge.curves import line, points
from grader.model import Plot

EPOCHS = 15


def plot(student: Student, draw: Draw) -> Plot:
    """Draw how the loss falls on the data of the article."""
    w = torch.tensor([1.0], requires_grad=True)
    losses = student.descend([1.0, 2.0, 3.0], [2.0, 4.0, 6.0], w, 0.01, EPOCHS)
    # A step on x multiplies the distance to w = 2 by 1 − 2·lr·x²; the loss is taken before the step on x = 3.
    before, whole = 0.98 * 0.92, 0.98 * 0.92 * 0.82
    epochs = range(1, EPOCHS + 1)
    return Plot(
        title=Text("The loss of each epoch's last sample", "每一轮最后一个样本的损失"),
        x_label=Text("epoch", "轮数"),
        y_label=Text("loss", "损失"),
        series=(
            line(epochs, losses, within=(0.0, 20.0), label=Text("your descent", "你的下降过程")),
            points(epochs, [9 * (before * whole ** (n - 1)) ** 2 for n in epochs], label=Text("due", "应为")),
        ),
    )
