"""The picture of article 000: a line fitted with the learner's module, over its data."""

import torch

from grader.judge import Draw, Student, Text
from grader.judge.curves import line, points
from grader.model import Plot

EXAMPLES, LR, STEPS = 30, 0.3, 100


def fit(names, x, y, lr, steps):
    """Return what a new model predicts before and after its training."""
    model = names.LinearRegression()
    before = model(x).detach().clone()
    for _ in range(steps):
        params = [p for p in model.parameters() if p.requires_grad]
        loss = ((model(x) - y) ** 2).mean()
        if not params or not loss.requires_grad:
            break
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for p in params:
                if p.grad is not None:
                    p.sub_(lr * p.grad)
    return before, model(x).detach()


def plot(student: Student, draw: Draw) -> Plot:
    """Draw y = 3x + 10 with noise from [0, 1), and the model before and after its training."""
    x = torch.linspace(-1.0, 1.0, EXAMPLES).reshape(-1, 1)
    y = 3 * x + 10 + draw.uniform(EXAMPLES, 1)
    before, after = student.run(fit, x, y, LR, STEPS)
    formula = equation(x, after)
    return Plot(
        title=Text(
            f"Your model after {STEPS} steps{formula and ': ' + formula}",
            f"训练 {STEPS} 步后的模型{formula and '：' + formula}",
        ),
        x_label=Text("x", "x"),
        y_label=Text("y", "y"),
        series=(
            line(x, after, label=Text("your model after training", "训练后的模型")),
            line(x, before, label=Text("your model before training", "训练前的模型")),
            points(x, y, label=Text("data: 3x + 10 + noise from [0, 1)", "数据：3x + 10 + [0, 1) 上的噪声")),
        ),
    )


def equation(x: torch.Tensor, y: torch.Tensor) -> str:
    """Return the equation of the line through the points, nothing where they lie on none."""
    x, y = x.double().flatten(), y.double().flatten()
    slope = (y[-1] - y[0]) / (x[-1] - x[0])
    bias = y[0] - slope * x[0]
    if not torch.allclose(slope * x + bias, y, rtol=1e-3, atol=1e-3):
        return ""
    return f"y = {slope.item():.3g}·x {'−' if bias < 0 else '+'} {abs(bias.item()):.3g}".replace("-", "−")
