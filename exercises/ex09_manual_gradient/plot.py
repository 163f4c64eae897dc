"""The weight after each epoch, beside where it should be."""

from grader.judge import Draw, Student, Text
from grader.judge.curves import line, points
from grader.model import Plot

EPOCHS = 20


def plot(student: Student, draw: Draw) -> Plot:
    """Draw how w goes from 1 towards 2 on the data of the article."""
    path = student.descend([1.0, 2.0, 3.0], [2.0, 4.0, 6.0], 1.0, 0.01, EPOCHS)
    # A step on x multiplies the distance to 2 by 1 − 2·lr·x²; here for x = 1, 2, 3 in turn.
    shrink = 0.98 * 0.92 * 0.82
    epochs = range(1, EPOCHS + 1)
    return Plot(
        title=Text("w after each epoch, from 1 towards 2", "每一轮之后的 w：从 1 走向 2"),
        x_label=Text("epoch", "轮数"),
        y_label=Text("weight w", "权重 w"),
        series=(
            line(epochs, path, within=(0.0, 4.0), label=Text("your descent", "你的下降过程")),
            points(epochs, [2 - shrink**n for n in epochs], label=Text("due", "应为")),
        ),
    )
