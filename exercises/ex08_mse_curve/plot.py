"""The loss over the weight: a parabola whose lowest point is the best weight."""

import torch

from grader.judge import Draw, Student, Text
from grader.judge.curves import line, points
from grader.model import Plot


def plot(student: Student, draw: Draw) -> Plot:
    """Draw the loss for weights from 0 to 4, where 2 is right."""
    weights, due = torch.linspace(0.0, 4.0, 41), torch.linspace(0.0, 4.0, 9)
    losses = student.mse_curve(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([2.0, 4.0, 6.0]), weights)
    return Plot(
        title=Text("The loss of y = w·x over w, where 2 is right", "y = w·x 的损失随 w 的变化，正确的 w 是 2"),
        x_label=Text("weight w", "权重 w"),
        y_label=Text("mean squared error", "均方误差"),
        series=(
            line(weights, losses, label=Text("your curve", "你的曲线")),
            points(due, 14 / 3 * (due - 2) ** 2, label=Text("due: 14/3 · (w − 2)²", "应为：14/3 · (w − 2)²")),
        ),
    )
