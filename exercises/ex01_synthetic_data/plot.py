"""The picture of article 002, the second feature against the label, with weights so small that the noise shows."""

import torch

from grader.judge import Draw, Student, Text
from grader.judge.curves import line, points
from grader.model import Plot

W, B, NOISE, EXAMPLES = (0.0, -0.01), 4.2, 0.01, 200


def plot(student: Student, draw: Draw) -> Plot:
    """Draw 200 examples, the line that lies behind them, and how far the noise should scatter."""
    features, labels = student.synthetic_data(torch.tensor(W), B, EXAMPLES)
    # There and back, 2 standard deviations below the line and above it: 95% of a normal noise.
    across = torch.tensor([-3.0, 3.0, 3.0, -3.0, -3.0])
    beside = 2 * NOISE * torch.tensor([-1.0, -1.0, 1.0, 1.0, -1.0])
    ends = across[:2]
    return Plot(
        title=Text(
            f"{EXAMPLES} of your examples, w = (0, −0.01), b = 4.2",
            f"你生成的 {EXAMPLES} 个样本，w = (0, −0.01)，b = 4.2",
        ),
        x_label=Text("second feature x₂", "第二个特征 x₂"),
        y_label=Text("label y", "标签 y"),
        series=(
            line(ends, W[1] * ends + B, label=Text("y = −0.01·x₂ + 4.2", "y = −0.01·x₂ + 4.2")),
            line(
                across,
                W[1] * across + B + beside,
                label=Text("due: 19 of 20 in here, ±2 · 0.01", "应为：20 个里有 19 个在此范围内，±2 · 0.01"),
            ),
            points(features[:, 1], labels, label=Text("your examples", "你的样本")),
        ),
    )
