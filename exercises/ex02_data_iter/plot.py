"""The order of two passes: a diagonal is no shuffling, stairs are shuffling within batches, a gap is a lost example."""

from itertools import islice

import torch

from grader.judge import Draw, Student, Text
from grader.judge.curves import points
from grader.model import Plot

EXAMPLES, BATCH = 50, 8
# A pass that never ends is shown as far as two would go.
MOST_BATCHES = 2 * (EXAMPLES // BATCH + 1)


def plot(student: Student, draw: Draw) -> Plot:
    """Draw which example comes when, in a first pass and in a second one."""
    features = torch.arange(1.0, EXAMPLES + 1).reshape(-1, 1)
    (first, labels), (second, _) = (passed(student, features) for _ in range(2))
    places = torch.arange(1, len(first) + 1)
    series = [
        points(places, first, label=Text("first pass", "第一遍")),
        points(range(1, len(second) + 1), second, label=Text("second pass", "第二遍")),
    ]
    if len(labels) == len(first) and bool((apart := labels != first).any()):
        lost = Text("labels of the first pass, not beside their examples", "第一遍的标签：没有跟着自己的样本")
        series.append(points(places[apart], labels[apart], label=lost))
    return Plot(
        title=Text(
            f"Two passes over {EXAMPLES} examples, batch size {BATCH}",
            f"把 {EXAMPLES} 个样本读两遍，批量大小 {BATCH}",
        ),
        x_label=Text("place in the pass", "在这一遍中的位置"),
        y_label=Text("number of the example", "样本编号"),
        series=tuple(series),
    )


def passed(student: Student, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the examples of one pass in their order, and the examples that its labels belong to."""
    batches = list(islice(student.data_iter(BATCH, features, 10 * features), MOST_BATCHES))
    X, y = (torch.cat([batch[part].flatten()[:EXAMPLES] for batch in batches]) for part in (0, 1))
    return X, y / 10
