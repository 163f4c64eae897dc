"""Three polynomials through the same noisy points: too stiff, too supple, and held back by weight decay."""

import torch

from grader.judge import Draw, LearnerError, Student, Text
from grader.judge.curves import line, points
from grader.model import Plot

POINTS, LOW, HIGH = 12, -2.0, 2.0


def plot(student: Student, draw: Draw) -> Plot:
    """Draw sin(3x) with noise at a dozen points, and the learner's fits of degree 1, 9, and 9 with weight decay."""
    x = torch.linspace(-1.0, 1.0, POINTS, dtype=torch.float64)
    y = torch.sin(3 * x) + draw.normal(POINTS, std=0.2, dtype=torch.float64)
    fine = torch.linspace(-1.0, 1.0, 161, dtype=torch.float64)

    def features(values: torch.Tensor, degree: int) -> torch.Tensor:
        try:
            return student.polynomial_features(values, degree)
        except LearnerError:
            # The task leaves open whether x is flat or a column.
            return student.polynomial_features(values.reshape(-1, 1), degree)

    def curve(degree: int, decay: float) -> torch.Tensor:
        w, b = student.ridge(features(x, degree), y.reshape(-1, 1), decay)
        return features(fine, degree) @ w + b

    return Plot(
        title=Text("Too stiff, too supple, and held back by weight decay", "太死板、太灵活，以及用权重衰减收敛的"),
        x_label=Text("x", "x"),
        y_label=Text("y", "y"),
        series=(
            line(fine, curve(1, 0.0), within=(LOW, HIGH), label=Text("degree 1: high bias", "一次：高偏差")),
            line(fine, curve(9, 1e-9), within=(LOW, HIGH), label=Text("degree 9: high variance", "九次：高方差")),
            line(
                fine,
                curve(9, 0.01),
                within=(LOW, HIGH),
                label=Text("degree 9, weight_decay = 0.01", "九次，weight_decay = 0.01"),
            ),
            points(x, y, label=Text("data: sin(3x) + noise", "数据：sin(3x) + 噪声")),
        ),
    )
