"""Three classes along one feature: what the learner's model, loss and softmax make of them after training."""

import torch

from grader.judge import Draw, Student, Text
from grader.judge.curves import line, points
from grader.model import Plot

CENTRES, EACH, LR, STEPS = (-2.0, 0.0, 2.0), 14, 1.0, 300


def learn(names, x, labels, at, lr, steps):
    """Train a new model by full-batch descent; return its probabilities at `at`."""
    model = names.SoftmaxRegression(1, 3)
    for _ in range(steps):
        params = [p for p in model.parameters() if p.requires_grad]
        loss = names.cross_entropy(model(x), labels)
        if not params or not loss.requires_grad:
            break
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for p in params:
                if p.grad is not None:
                    p.sub_(lr * p.grad)
    return names.softmax(model(at)).detach()


def plot(student: Student, draw: Draw) -> Plot:
    """Draw the probabilities of three classes whose examples overlap a little."""
    labels = torch.arange(3).repeat(EACH)
    x = torch.tensor(CENTRES)[labels].reshape(-1, 1) + draw.normal(len(labels), 1, std=0.6)
    at = torch.linspace(-4.0, 4.0, 81).reshape(-1, 1)
    found = student.run(learn, x, labels, at, LR, STEPS)
    colours = (("left", "左"), ("middle", "中"), ("right", "右"))
    series = [
        line(at, found[:, n], label=Text(f"probability of {en}", f"“{zh}”类的概率"))
        for n, (en, zh) in enumerate(colours)
    ]
    # Each class's examples lie on a line of their own below the curves.
    series += [
        points(x[labels == n], torch.full((EACH,), -0.06 * (n + 1)), label=Text(f"examples: {en}", f"“{zh}”类的样本"))
        for n, (en, zh) in enumerate(colours)
    ]
    return Plot(
        title=Text(f"Three classes after {STEPS} steps of your code", f"用你的代码训练 {STEPS} 步之后的三个类别"),
        x_label=Text("x", "x"),
        y_label=Text("probability", "概率"),
        series=tuple(series),
    )
