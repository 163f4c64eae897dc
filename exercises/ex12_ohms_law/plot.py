"""Ohm's readings in milliamperes, and the line that the learner's code finds."""

import torch

from grader.judge import Draw, Student, Text
from grader.judge.curves import line, points
from grader.model import Plot


def plot(student: Student, draw: Draw) -> Plot:
    """Draw voltage over current for the article's law."""
    current = 1000 * draw.normal(120)
    voltage = 0.0033 * current + 2.2 + draw.normal(120, std=0.5)
    r, c = student.fit_ohms_law(current.clone(), voltage.clone())
    ends = torch.stack([current.min(), current.max()])
    return Plot(
        title=Text(f"u = I · {float(r):.4g} + {float(c):.4g}", f"u = I · {float(r):.4g} + {float(c):.4g}"),
        x_label=Text("current in mA", "电流（mA）"),
        y_label=Text("voltage in V", "电压（V）"),
        series=(
            points(current, voltage, label=Text("readings: 3.3 Ω, offset 2.2 V", "读数：3.3 Ω，偏移 2.2 V")),
            line(ends, ends * float(r) + float(c), label=Text("your line", "你的直线")),
        ),
    )
