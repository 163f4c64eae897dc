"""The picture of article 000: the line that the learner's loop fits, over the data, and its losses' end."""

import torch
from torch import nn

from grader.judge import Draw, Student, Text
from grader.judge.curves import line, points
from grader.model import Plot

EXAMPLES, LR = 100, 0.1
EPOCHS = (0, 3, 10, 60)


def fits(names, x, y, lr, epochs):
    """Return what a line from zero predicts after each number of epochs."""
    found = []
    for count in epochs:
        model = nn.Linear(1, 1)
        nn.init.zeros_(model.weight)
        nn.init.zeros_(model.bias)
        names.fit(model, x, y, lr, count)
        found.append(names.predict(model, x))
    return found


def plot(student: Student, draw: Draw) -> Plot:
    """Draw y = 3x + 10 with noise from [0, 1), and the line after some epochs."""
    x = torch.linspace(-1.0, 1.0, EXAMPLES).reshape(-1, 1)
    y = 3 * x + 10 + draw.uniform(EXAMPLES, 1)
    found = student.run(fits, x, y, LR, EPOCHS)
    lines = (
        line(x, prediction, label=Text(f"after {count} epochs", f"{count} 个 epoch 之后"))
        for count, prediction in zip(EPOCHS, found, strict=True)
    )
    return Plot(
        title=Text(f"Your loop fits a line, lr = {LR}", f"用你的循环拟合一条直线，lr = {LR}"),
        x_label=Text("x", "x"),
        y_label=Text("y", "y"),
        series=(
            points(x, y, label=Text("data: 3x + 10 + noise from [0, 1)", "数据：3x + 10 + [0, 1) 上的噪声")),
            *lines,
        ),
    )
