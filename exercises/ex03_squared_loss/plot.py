"""The loss and its slope over the prediction: a parabola that touches zero at the truth, and a straight line."""

import torch

from grader.judge import Draw, Student, Text
from grader.judge.curves import line, points
from grader.model import Plot

TRUTH = 2.0


def plot(student: Student, draw: Draw) -> Plot:
    """Draw the loss of predictions from −1 to 5, where 2 is right."""
    y_hat = torch.linspace(-1.0, 5.0, 61).reshape(-1, 1).requires_grad_()
    loss = student.squared_loss(y_hat, torch.full_like(y_hat, TRUTH))
    at, due = y_hat.detach(), torch.arange(-1.0, 6.0)
    series = [line(at, loss, label=Text("your loss", "你的损失"))]
    if loss.requires_grad:
        loss.sum().backward()
        series.append(line(at, y_hat.grad, label=Text("its slope, by autograd", "它的斜率（autograd 求得）")))
    series.append(points(due, (due - TRUTH) ** 2 / 2, label=Text("due: (ŷ − y)² / 2", "应为：(ŷ − y)² / 2")))
    return Plot(
        title=Text("The squared loss of a prediction, where the truth is 2", "真实值为 2 时，预测的平方损失"),
        x_label=Text("prediction ŷ", "预测 ŷ"),
        y_label=Text("loss", "损失"),
        series=tuple(series),
    )
