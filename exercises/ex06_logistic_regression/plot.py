"""The picture of article 004: the probability to pass over the hours of study, with the line at one half."""

import torch

from grader.judge import Draw, Student, Text
from grader.judge.curves import line, points
from grader.model import Plot

HOURS, PASSED, MOST_HOURS = (1.0, 2.0, 3.0), (0.0, 0.0, 1.0), 5.0
LR, STEPS = 2.0, 100


def fit(names, hours, passed, at, lr, steps):
    """Return what a new model says of `at` after its training on three students."""
    model = names.LogisticRegression()
    for _ in range(steps):
        params = [p for p in model.parameters() if p.requires_grad]
        p_pass = model(hours)
        if ((p_pass >= 0) & (p_pass <= 1)).all():
            p_pass = p_pass.clamp(1e-6, 1 - 1e-6)
            loss = -(passed * p_pass.log() + (1 - passed) * (1 - p_pass).log()).mean()
        else:
            # nn.BCELoss would raise; what is no probability is to be seen instead. The squared
            # error of a line takes steps of 0.1 at most.
            loss = 0.1 / lr * ((p_pass - passed) ** 2).mean()
        if not params or not loss.requires_grad:
            break
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for p in params:
                if p.grad is not None:
                    p.sub_(lr * p.grad)
    return model(at).detach()


def plot(student: Student, draw: Draw) -> Plot:
    """Draw the probability curve of the learner's model, trained on the article's three students."""
    hours, passed = torch.tensor(HOURS).reshape(-1, 1), torch.tensor(PASSED).reshape(-1, 1)
    at = torch.linspace(0.0, MOST_HOURS, 101).reshape(-1, 1)
    probability = student.run(fit, hours, passed, at, LR, STEPS)
    ends = (0.0, MOST_HOURS)
    return Plot(
        title=Text(f"Your model after {STEPS} steps on three students", f"用三名学生的数据训练 {STEPS} 步后的模型"),
        x_label=Text("Hours", "学习时长（小时）"),
        y_label=Text("Probability of Pass", "通过的概率"),
        series=(
            line(at, probability, within=(-0.5, 1.5), label=Text("your model", "你的模型")),
            line(ends, (0.5, 0.5), label=Text("one half: the border", "0.5：分界")),
            points(hours, passed, label=Text("students: 1 passed, 0 did not", "学生：1 为通过，0 为未通过")),
        ),
    )
