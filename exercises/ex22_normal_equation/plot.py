"""The data of article 000 with the learner's line, solved at once, beside gradient descent on its way there."""

import torch

from grader.judge import Draw, Student, Text
from grader.judge.curves import line, points
from grader.model import Plot

LR, SHOWN = 0.05, (5, 20, 60)


def plot(student: Student, draw: Draw) -> Plot:
    """Draw y = 3x + 10 with noise from [0, 1), the solution, and the lines of gradient descent after some steps."""
    x = torch.linspace(-1.0, 1.0, 60).reshape(-1, 1)
    y = 3 * x + 10 + draw.uniform(60, 1)
    w, b = student.normal_equation(x, y)
    slope, offset = w.item(), b.item()
    formula = f"y = {slope:.3g}·x + {offset:.3g}".replace("+ -", "− ").replace("-", "−")
    series = [
        points(x, y, label=Text("data: 3x + 10 + noise from [0, 1)", "数据：3x + 10 + [0, 1) 上的噪声")),
        line(x, x @ w + b, label=Text("your solution, at once", "你的解，一步到位")),
    ]
    p, A = torch.zeros(2, 1), torch.cat([x, torch.ones_like(x)], dim=1)
    for step in range(1, max(SHOWN) + 1):
        p = p - LR * 2 * A.T @ (A @ p - y) / len(A)
        if step in SHOWN:
            label = Text(f"gradient descent after {step} steps", f"梯度下降 {step} 步之后")
            series.append(line(x, A @ p, label=label))
    return Plot(
        title=Text(f"Solved without training: {formula}", f"不用训练，直接解出：{formula}"),
        x_label=Text("x", "x"),
        y_label=Text("y", "y"),
        series=tuple(series),
    )
