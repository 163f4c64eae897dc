"""The descent into a long, narrow valley with the learner's three steps, beside that of plain gradient descent."""

import torch

from grader.judge import Draw, Student, Text
from grader.judge.curves import line, points
from grader.model import Plot

# The loss is (x² + 50 y²) / 2: along the valley the slope is 50 times flatter than across.
START, STEEP, STEPS = (3.0, 1.0), (1.0, 50.0), 60
RATES = {"momentum_step": 0.005, "rmsprop_step": 0.05, "adam_step": 0.3}
PLAIN_LR = 0.035


def descend(names, name, start, steep, lr, steps):
    """Return where the point lies before the first step and after each."""
    step, state, point = getattr(names, name), {}, start.clone()
    path = [point.clone()]
    for _ in range(steps):
        step(point, steep * point, state, lr)
        path.append(point.detach().clone())
    return torch.stack(path)


def plot(student: Student, draw: Draw) -> Plot:
    """Draw the loss at each step."""
    start, steep = torch.tensor(START, dtype=torch.float64), torch.tensor(STEEP, dtype=torch.float64)

    def losses(path: torch.Tensor) -> torch.Tensor:
        return (steep * path**2).sum(1) / 2

    top = 1.5 * losses(start.reshape(1, 2)).item()
    shown = []
    for name, lr in RATES.items():
        path = student.run(descend, name, start, steep, lr, STEPS)
        label = Text(f"your {name}, lr = {lr}", f"你的 {name}，lr = {lr}")
        shown.append(line(range(STEPS + 1), losses(path), within=(0.0, top), label=label))
    plain = torch.stack([start * (1 - PLAIN_LR * steep) ** step for step in range(STEPS + 1)])
    shown.append(
        line(
            range(STEPS + 1),
            losses(plain),
            label=Text(f"plain gradient descent, lr = {PLAIN_LR}", f"朴素梯度下降，lr = {PLAIN_LR}"),
        )
    )
    every = list(range(0, STEPS + 1, 4))
    due = torch.cat([losses(right_path(name, start, steep))[every] for name in RATES])
    shown.append(points(every * len(RATES), due, label=Text("due", "应为")))
    return Plot(
        title=Text("Down a valley that is 50 times steeper across than along", "下到一条狭谷：横向比纵向陡 50 倍"),
        x_label=Text("step", "步数"),
        y_label=Text("loss", "损失"),
        series=tuple(shown),
    )


def right_path(name: str, start: torch.Tensor, steep: torch.Tensor) -> torch.Tensor:
    """Return what `descend` returns with right steps."""
    lr, path = RATES[name], [start]
    v = m = s = torch.zeros_like(start)
    for t in range(1, STEPS + 1):
        g = steep * path[-1]
        v, m = 0.9 * v + g, 0.9 * m + 0.1 * g
        keep = 0.99 if name == "rmsprop_step" else 0.999
        s = keep * s + (1 - keep) * g**2
        step = {
            "momentum_step": v,
            "rmsprop_step": g / (s.sqrt() + 1e-8),
            "adam_step": (m / (1 - 0.9**t)) / ((s / (1 - 0.999**t)).sqrt() + 1e-8),
        }[name]
        path.append(path[-1] - lr * step)
    return torch.stack(path)
