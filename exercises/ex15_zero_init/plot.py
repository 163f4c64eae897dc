"""The weights of all hidden units while a net is trained: from the learner's start they part, from a constant never."""

import torch

from grader.judge import Draw, Student, Text
from grader.judge.curves import NothingToSeeError, line
from grader.model import Plot

UNITS, LR, STEPS, SHOWN = 6, 0.5, 400, 100


def plot(student: Student, draw: Draw) -> Plot:
    """Draw the first weight of each unit at every fourth step, and of a net whose units began equal."""
    x = draw.normal(40, 2)
    y = torch.sin(2 * x[:, :1]) + x[:, 1:]
    found = student.init_params(2, UNITS)
    due = (UNITS, 2), (UNITS,), (1, UNITS), (1,)
    if not (isinstance(found, tuple | list) and [tuple(getattr(p, "shape", ())) for p in found] == list(due)):
        raise NothingToSeeError
    mine = path([p.detach().float() for p in found], x, y)
    equal = path([torch.full(shape, 0.1) for shape in due], x, y)
    at = range(0, STEPS, STEPS // SHOWN)
    series = [
        line(at, mine[:, unit], label=Text(f"your unit {unit + 1}", f"你的单元 {unit + 1}")) for unit in range(UNITS)
    ]
    series.append(line(at, equal[:, 0], label=Text("all units that began at 0.1", "从 0.1 开始的所有单元")))
    return Plot(
        title=Text("Hidden units part, if they do not begin equal", "只要起点不同，隐藏单元就会分开"),
        x_label=Text("step", "步数"),
        y_label=Text("first weight", "第一个权重"),
        series=tuple(series),
    )


def path(params: list[torch.Tensor], x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the first column of W1 at each shown step of training."""
    W1, b1, W2, b2 = params
    shown = []
    for step in range(STEPS):
        if step % (STEPS // SHOWN) == 0:
            shown.append(W1[:, 0])
        h = torch.tanh(x @ W1.T + b1)
        error = 2 * (h @ W2.T + b2 - y) / len(x)
        back = error @ W2 * (1 - h**2)
        W2, b2 = W2 - LR * error.T @ h, b2 - LR * error.sum(0)
        W1, b1 = W1 - LR * back.T @ x, b1 - LR * back.sum(0)
    return torch.stack(shown)
