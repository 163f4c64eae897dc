"""The picture of article 004: the probability of passing over the hours, and where it is one half."""

import torch
from torch import nn

from grader.judge import Draw, Student, Text
from grader.judge.curves import line, points
from grader.model import Plot

LR, EPOCHS = 0.3, 200


def learn(names, hours, passed, grid, lr, epochs):
    """Return the probabilities over a grid of hours after training, and the boundary."""
    model = nn.Sequential(nn.Linear(1, 1), nn.Sigmoid())
    for p in model.parameters():
        nn.init.zeros_(p)
    names.fit(model, hours, passed, lr, epochs)
    return model(grid).detach(), names.decision_boundary(model)


def plot(student: Student, draw: Draw) -> Plot:
    """Draw the three students, the learner's curve and its boundary."""
    hours, passed = torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([[0.0], [0.0], [1.0]])
    grid = torch.linspace(0.0, 5.0, 101).reshape(-1, 1)
    probability, boundary = student.run(learn, hours, passed, grid, LR, EPOCHS)
    return Plot(
        title=Text(f"Your classifier after {EPOCHS} epochs", f"训练 {EPOCHS} 个 epoch 之后的分类器"),
        x_label=Text("hours", "学习时间（小时）"),
        y_label=Text("probability of passing", "及格的概率"),
        series=(
            points(hours, passed, label=Text("students", "学生")),
            line(grid, probability, label=Text("your model", "你的模型")),
            line(
                [float(boundary)] * 2,
                [0.0, 1.0],
                label=Text(f"boundary: {float(boundary):.3g} hours", f"分界点：{float(boundary):.3g} 小时"),
            ),
        ),
    )
