"""The loss while a line is trained with the learner's own steps, beside the same training with right ones."""

import torch

from grader.judge import Draw, Student, Text
from grader.judge.curves import line, points
from grader.model import Plot

W, B = (2.0, -3.4), 4.2
# A step that is batch_size times too long is 3 here, where 2 is already too far to come down.
LR, BATCH, STEPS = 0.15, 20, 40


def train(names, features, labels, lr, batch_size):
    """Return the parameters before the first step and after each."""
    w, b = torch.zeros(2, 1, requires_grad=True), torch.zeros(1, requires_grad=True)
    path = []
    for start in range(0, len(features), batch_size):
        path.append(torch.cat([w.detach().flatten(), b.detach()]))
        rows = slice(start, start + batch_size)
        loss = ((features[rows] @ w + b - labels[rows]) ** 2 / 2).sum()
        if not loss.requires_grad:
            break
        loss.backward()
        names.sgd([w, b], lr, batch_size)
    return torch.stack(path)


def plot(student: Student, draw: Draw) -> Plot:
    """Draw the loss over all examples at each step."""
    features = draw.normal(BATCH * STEPS, 2)
    labels = features @ torch.tensor(W).reshape(2, 1) + B + draw.normal(BATCH * STEPS, 1, std=0.01)

    def losses(path: torch.Tensor) -> torch.Tensor:
        return ((features @ path[:, :2].T + path[:, 2] - labels) ** 2 / 2).mean(0)

    mine = losses(student.run(train, features, labels, LR, BATCH)[:STEPS])
    due = losses(right_path(features, labels))
    return Plot(
        title=Text(
            f"Training with your sgd, lr = {LR}, batches of {BATCH}", f"用你的 sgd 训练，lr = {LR}，批量大小 {BATCH}"
        ),
        x_label=Text("step", "步数"),
        y_label=Text("loss", "损失"),
        series=(
            line(
                range(len(mine)), mine, within=(0.0, 2.0 * due[0].item()), label=Text("with your steps", "用你的更新")
            ),
            points(
                range(0, STEPS, 2),
                due[::2],
                label=Text("due: p ← p − lr · grad / batch_size", "应为：p ← p − lr · grad / batch_size"),
            ),
        ),
    )


def right_path(features: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return what `train` returns with right steps; the gradient of the squared loss is written out."""
    rows = torch.cat([features, torch.ones(len(features), 1)], dim=1)
    path = [torch.zeros(3, 1)]
    for start in range(0, len(rows) - BATCH, BATCH):
        X, y = rows[start : start + BATCH], labels[start : start + BATCH]
        path.append(path[-1] - LR * X.T @ (X @ path[-1] - y) / BATCH)
    return torch.cat(path, dim=1).T
