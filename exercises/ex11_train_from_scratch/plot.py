"""The losses of the learner's training on the article's data, for three sizes of batch."""

import torch

from grader.judge import Draw, Student, Text
from grader.judge.curves import line
from grader.model import Plot

LR, EPOCHS, SIZES = 0.03, 8, (5, 20, 100)


def histories(names, features, labels, lr, epochs, sizes):
    """Return the losses for each size of batch."""
    return [names.train(features, labels, lr, epochs, size)[2] for size in sizes]


def plot(student: Student, draw: Draw) -> Plot:
    """Draw the loss over the epochs."""
    features = draw.normal(200, 2)
    labels = features @ torch.tensor([[2.0], [-3.4]]) + 4.2 + draw.normal(200, 1, std=0.01)
    found = student.run(histories, features, labels, LR, EPOCHS, SIZES)
    start = (labels.square().mean() / 2).item()
    return Plot(
        title=Text(f"Your training on 200 examples, lr = {LR}", f"用你的代码训练 200 个样本，lr = {LR}"),
        x_label=Text("epoch", "epoch"),
        y_label=Text("loss", "损失"),
        series=tuple(
            line(
                range(1, len(losses) + 1),
                losses,
                within=(0.0, 2 * start),
                label=Text(f"batches of {size}", f"每批 {size} 个"),
            )
            for size, losses in zip(SIZES, found, strict=True)
        ),
    )
