"""A cubic with its first derivative, the learner's second derivative, and where that should lie."""

import torch

from grader.judge import Draw, Student, Text
from grader.judge.curves import line, points
from grader.model import Plot


def cubic(x):
    """Return x³ − 3x."""
    return x**3 - 3 * x


def plot(student: Student, draw: Draw) -> Plot:
    """Draw f, f′ and f″ from −2 to 2."""
    x = torch.linspace(-2.0, 2.0, 81, dtype=torch.float64)
    curvature = student.second_derivative(cubic, x.clone().requires_grad_())
    due = torch.linspace(-2.0, 2.0, 9)
    return Plot(
        title=Text("f(x) = x³ − 3x and its derivatives", "f(x) = x³ − 3x 及其导数"),
        x_label=Text("x", "x"),
        y_label=Text("value", "值"),
        series=(
            line(x, curvature, label=Text("your second derivative", "你的二阶导数")),
            line(x, cubic(x), label=Text("f", "f")),
            line(x, 3 * x**2 - 3, label=Text("f′ = 3x² − 3", "f′ = 3x² − 3")),
            points(due, 6 * due, label=Text("due: f″ = 6x", "应为：f″ = 6x")),
        ),
    )
