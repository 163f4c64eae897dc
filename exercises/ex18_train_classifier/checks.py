"""Checks of a classifier's training against the judge's own run, and of where it changes its mind.

Full-batch training has no randomness: the judge gives the model its numbers, trains the same model with steps
written out by hand, and compares every loss and every parameter.
"""

from __future__ import annotations

import torch
from torch import nn

from grader.judge import (
    Draw,
    Student,
    Text,
    assert_close,
    assert_shape,
    assert_unchanged,
    check,
    elsewhere,
    expect,
    fail,
)

# Hours, passed, the learning rate and the number of epochs.
Job = tuple[torch.Tensor, torch.Tensor, float, int]

DOUBLE = torch.float64
STANDSTILLS = "copy_trained", "no_gradient", "no_step", "one_epoch_short", "rounded_first", "step_too_early"


def build(kind, numbers):
    """Return a model of a kind whose parameters hold these numbers, in their order."""

    class Loose(nn.Module):
        """The logistic model over two parameters with names and shapes of their own."""

        def __init__(self):
            super().__init__()
            self.steepness = nn.Parameter(torch.zeros(()))
            self.shift = nn.Parameter(torch.zeros(1))

        def forward(self, x):
            return torch.sigmoid(x * self.steepness + self.shift)

    if kind == "loose":
        model = Loose()
    elif kind == "layer":
        model = nn.Sequential(nn.Linear(1, 1), nn.Sigmoid())
    else:
        model = nn.Sequential(nn.Linear(1, 3), nn.Tanh(), nn.Linear(3, 1), nn.Sigmoid())
    if numbers:
        model.to(numbers[0].device, numbers[0].dtype)
    with torch.no_grad():
        for place, number in zip(model.parameters(), numbers, strict=bool(numbers)):
            place.copy_(number.reshape(place.shape))
    return model


def after_fits(names, build, kind, numbers, jobs, leftover):
    """Train one model on each job in turn; return all losses, the parameters, and the data as they are then."""
    model = build(kind, numbers)
    for p in model.parameters():
        p.grad = torch.full_like(p, leftover) if leftover else None
    losses = [names.fit(model, *job) for job in jobs]
    return losses, [p.detach() for p in model.parameters()], [job[:2] for job in jobs]


def standstill(names, build, kind, numbers, job):
    """Tell why a model does not move: what is trained instead, or what is left in its gradients."""
    model = build(kind, numbers)
    losses = names.fit(model, *job)
    if isinstance(losses, list | tuple) and len(losses) == job[3] - 1:
        return "one_epoch_short"
    if any(not torch.equal(p, n) for p, n in zip(model.parameters(), numbers, strict=False)):
        return "step_too_early"
    if isinstance(losses, list | tuple) and len(losses) > 1 and losses[-1] != losses[0]:
        return "copy_trained"
    grads = [p.grad for p in model.parameters() if p.grad is not None]
    if any(bool(grad.any()) for grad in grads):
        return "no_step"
    # A gradient of zeros has come through something flat.
    return "rounded_first" if grads else "no_gradient"


def boundaries(names, build, cases):
    """Return where each model changes its mind, and the models' numbers afterwards."""
    found = []
    for kind, numbers in cases:
        model = build(kind, numbers)
        found.append((names.decision_boundary(model), [p.detach() for p in model.parameters()]))
    return found


def fit_and_find(names, build, numbers, job):
    """Train a model; return where it changes its mind, and its numbers."""
    model = build("layer", numbers)
    names.fit(model, *job)
    return names.decision_boundary(model), [p.detach() for p in model.parameters()]


def fit_elsewhere(names, build, hours, passed):
    """Train where there are no values; tell whether it went as far as values can be missed."""
    model = build("layer", []).to(hours.device)
    try:
        names.fit(model, hours, passed, 0.1, 1)
    except (RuntimeError, NotImplementedError) as error:
        # The number of a loss on meta cannot be had: by then all tensors have met.
        if not any(words in str(error) for words in ("item() cannot be called on meta", "tolist() on a meta")):
            raise
    return True


def numbers_for(draw: Draw, kind: str = "layer", dtype: torch.dtype = torch.float32) -> list[torch.Tensor]:
    """Return numbers for every parameter of a kind of model, none of them near zero."""
    return [
        draw.uniform(*place.shape, low=0.3, high=1.0, dtype=dtype) * draw.normal(*place.shape, dtype=dtype).sign()
        for place in build(kind, []).parameters()
    ]


def article_data(dtype: torch.dtype = torch.float32) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the hours 1, 2, 3 of article 004, of which only the last was enough."""
    return torch.tensor([[1.0], [2.0], [3.0]], dtype=dtype), torch.tensor([[0.0], [0.0], [1.0]], dtype=dtype)


def job_for(draw: Draw, count: int, epochs: int, dtype: torch.dtype = torch.float32) -> Job:
    """Return students of whom those who studied longer mostly passed."""
    hours = draw.uniform(count, 1, high=4.0, dtype=dtype)
    passed = (hours + draw.normal(count, 1, dtype=dtype) > 2).to(dtype)
    return hours, passed, draw.number(0.5, 1.0) / (5 * count), epochs


def train(model: nn.Module, hours: torch.Tensor, passed: torch.Tensor, lr: float, epochs: int) -> list[float]:
    """Train the judge's own model; return the loss before each step."""
    params, losses = list(model.parameters()), []
    for _ in range(epochs):
        loss = nn.functional.binary_cross_entropy(model(hours), passed, reduction="sum")
        losses.append(loss.item())
        for p in params:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in params:
                p.sub_(lr * p.grad)
    return losses


def compare(
    student: Student, kind: str, numbers: list[torch.Tensor], *jobs: Job, leftover: float = 0.0, losses: bool = False
) -> list[tuple[object, object]]:
    """Fail unless the learner's fits end with the parameters, and the losses, of the judge's own run.

    Returns:
        Each job's hours and results, as the learner's fits left them.
    """
    model = build(kind, numbers)
    due = [train(model, job[0].clone(), job[1].clone(), *job[2:]) for job in jobs]
    histories, params, data = student.run(after_fits, build, kind, numbers, list(jobs), leftover)
    total, (hours, _, lr, _) = sum(job[3] for job in jobs), jobs[-1]
    en, zh = f"{len(hours)} students, lr = {lr:.4g}", f"{len(hours)} 个学生，lr = {lr:.4g}"
    if losses:
        for history, right in zip(histories, due, strict=True):
            assert_history(history, right, Text(f"{en}:", f"{zh}："))
    expect(
        isinstance(params, list) and len(params) == len(list(model.parameters())), "Parameters lost.", "参数丢失了。"
    )
    precise = {"rtol": 1e-9, "atol": 1e-10} if hours.dtype is DOUBLE else {"rtol": 1e-4, "atol": 1e-4}
    for (name, param), value in zip(model.named_parameters(), params, strict=True):
        what = Text(
            f"{name} after {total} epoch{'s' * (total != 1)} ({en}):", f"{total} 个 epoch 之后的 {name}（{zh}）："
        )
        assert_close(value, param.detach(), what=what, **precise)
    return data


def assert_history(history: object, due: list[float], given: Text) -> None:
    """Fail unless the history is one float for each epoch, with these values."""
    expect(
        history is not None,
        f"{given.en}\nfit returned None: return the list of losses.",
        f"{given.zh}\nfit 返回了 None：请返回由损失组成的列表。",
    )
    expect(
        isinstance(history, list | tuple),
        f"{given.en}\nA list of {len(due)} losses is due, one for each epoch; fit returned a {type(history).__name__}.",
        f"{given.zh}\nfit 应当返回 {len(due)} 个损失组成的列表，每个 epoch 一个；返回的却是 {type(history).__name__}。",
    )
    expect(
        len(history) == len(due),
        f"{given.en}\n{len(due)} epochs make {len(due)} losses, but {len(history)} came back.",
        f"{given.zh}\n{len(due)} 个 epoch 应当有 {len(due)} 个损失，却返回了 {len(history)} 个。",
    )
    for epoch, (loss, right) in enumerate(zip(history, due, strict=True), 1):
        what = Text(
            f"{given.en}\nThe loss of epoch {epoch} of {len(due)}, taken before its step:",
            f"{given.zh}\n第 {epoch} 个 epoch（共 {len(due)} 个）更新之前的损失：",
        )
        expect(
            not isinstance(loss, torch.Tensor),
            f"{what.en} a tensor came back where a float is due. loss.item() is the number without its graph.",
            f"{what.zh}返回的是张量，应当是浮点数。loss.item() 给出数值，不带计算图。",
        )
        assert_close(loss, right, rtol=1e-4, atol=1e-5, what=what)


def assert_number(value: object, due: float, what: Text) -> None:
    """Fail unless the boundary is a plain float of this value."""
    expect(
        not isinstance(value, torch.Tensor),
        f"{what.en} a tensor came back where a plain float is due: .item() gives the number.",
        f"{what.zh}返回的是张量，应当是普通浮点数：用 .item() 取数值。",
    )
    assert_close(value, due, rtol=1e-5, atol=1e-6, what=what)


@check(zh="一个 epoch：参数沿求和的交叉熵的梯度走一步 SGD")
def test_one_epoch(student: Student, draw: Draw) -> None:
    """One epoch takes one step of SGD down the summed cross-entropy."""
    numbers, job = numbers_for(draw), (*article_data(), draw.number(0.05, 0.1), 1)
    _, params, _ = student.run(after_fits, build, "layer", numbers, [job], 0.0)
    if isinstance(params, list) and all(map(torch.equal, params, numbers)):
        reason = student.run(standstill, build, "layer", numbers, (*job[:3], 3))
        fail(
            "After one epoch no parameter of the model has moved.",
            "一个 epoch 之后，模型的参数一个也没有动。",
            mistake=reason if reason in STANDSTILLS else None,
        )
    compare(student, "layer", numbers, job)


@check(zh="返回每个 epoch 更新之前的损失，都是普通浮点数", needs=("test_one_epoch",), weight=2)
def test_losses(student: Student, draw: Draw) -> None:
    """The losses are plain floats, one for each epoch, taken before its step."""
    # The last time the steps are so short that the loss stands still: that is no reason to stop.
    for epochs, pace in ((1, 1.0), (draw.integer(4, 6), 1.0), (draw.integer(4, 6), 1e-8)):
        numbers, (hours, passed, lr, _) = numbers_for(draw), job_for(draw, draw.integer(5, 9), 1)
        lr *= pace
        due = train(build("layer", numbers), hours.clone(), passed.clone(), lr, epochs)
        histories, *_ = student.run(after_fits, build, "layer", numbers, [(hours, passed, lr, epochs)], 0.0)
        given = Text(f"{epochs} epochs, lr = {lr:.4g}:", f"{epochs} 个 epoch，lr = {lr:.4g}：")
        expect(isinstance(histories, list) and len(histories) == 1, "One list is due.", "应当有一个列表。")
        assert_history(histories[0], due, given)


@check(zh="训练多个 epoch，每个参数都与评测方自己的训练一致", needs=("test_one_epoch",), weight=2)
def test_many_epochs(student: Student, draw: Draw) -> None:
    """Over many epochs every parameter goes where it goes in the grader's own run."""
    compare(student, "layer", numbers_for(draw), (*article_data(), draw.number(0.05, 0.1), 4))
    compare(student, "layer", numbers_for(draw), job_for(draw, 40, draw.integer(12, 16)))


@check(
    zh="任何模型、任何数据都行：参数自己命名、带隐藏层、只有一个学生、0 个 epoch、float64", needs=("test_many_epochs",)
)
def test_any_model(student: Student, draw: Draw) -> None:
    """Any model and data will do: own names, a hidden layer, one student alone, no epoch at all, float64."""
    for kind, count, epochs, dtype in (
        ("loose", 7, 5, torch.float32),
        ("hidden", 8, 5, torch.float32),
        ("layer", 1, 3, torch.float32),
        ("layer", 5, 0, torch.float32),
        ("hidden", 6, 4, DOUBLE),
    ):
        compare(student, kind, numbers_for(draw, kind, dtype), job_for(draw, count, epochs, dtype))


@check(zh="概率饱和成 0 或 1 时，损失是 100 而不是无穷大，参数不会变成 NaN", needs=("test_losses",))
def test_saturated(student: Student, draw: Draw) -> None:
    """Where a probability is rounded to 0 or 1 the loss of that student is 100, not infinite, and nothing turns NaN."""
    hours = torch.tensor([[draw.number(150.0, 300.0)], [draw.number(1.0, 2.0)]])
    numbers = [torch.tensor([[1.0]]), torch.tensor([draw.number(0.1, 0.5)])]
    job = hours, torch.tensor([[0.0], [1.0]]), draw.number(0.05, 0.1), 2
    compare(student, "layer", numbers, job, losses=True)


@check(zh="模型里残留的旧梯度不影响训练", needs=("test_one_epoch",))
def test_leftover_gradient(student: Student, draw: Draw) -> None:
    """A gradient that was left in the model does not count."""
    leftover = draw.number(2.0, 5.0) * draw.choice((-1, 1))
    for epochs in (1, 3):
        compare(student, "layer", numbers_for(draw), job_for(draw, 6, epochs), leftover=leftover)


@check(zh="可以接着训练：再次调用从模型当前的参数出发，数据也没有被改动", needs=("test_many_epochs", "test_losses"))
def test_goes_on(student: Student, draw: Draw) -> None:
    """Training can go on: a second call starts where the model is, and finds the data as they were."""
    first, second = job_for(draw, 6, 3), job_for(draw, 9, 4)
    data = compare(student, "layer", numbers_for(draw), first, (*second[:2], second[2] / 2, second[3]), losses=True)
    for (hours, passed), job in zip(data, (first, second), strict=True):
        for name, after, before in (("hours", hours, job[0]), ("passed", passed, job[1])):
            assert_unchanged(assert_shape(after, tuple(before.shape)), before, name)


@check(zh="分界点是 −b / w，不管参数叫什么名字、是什么形状", weight=2)
def test_boundary(student: Student, draw: Draw) -> None:
    """The boundary is −b / w, whatever the names and shapes of the parameters."""
    cases = []
    for kind, low, high, dtype in (
        ("layer", 0.5, 3.0, torch.float32),
        ("loose", 0.5, 3.0, torch.float32),
        ("layer", 20.0, 60.0, torch.float32),
        ("layer", 0.5, 3.0, DOUBLE),
    ):
        w = draw.uniform(1, low=0.5, high=2.0, dtype=dtype) * draw.choice((-1, 1))
        b = draw.uniform(1, low=low, high=high, dtype=dtype) * draw.choice((-1, 1))
        cases.append((kind, [w, b]))
    # Where b is positive and w too, the boundary is negative: no grid of hours would find it.
    cases.append(("layer", [torch.tensor([draw.number(1.0, 2.0)]), torch.tensor([draw.number(1.0, 2.0)])]))
    for (_, (w, b)), (found, params) in zip(cases, student.run(boundaries, build, cases), strict=True):
        what = Text(f"With w = {w.item():.5g} and b = {b.item():.5g}:", f"w = {w.item():.5g}、b = {b.item():.5g} 时：")
        assert_number(found, -b.item() / w.item(), what)
        for name, now, was in zip(("w", "b"), params, (w, b), strict=True):
            expect(
                isinstance(now, torch.Tensor) and torch.equal(now.flatten(), was),
                f"{what.en} decision_boundary changed the model's {name}.",
                f"{what.zh}decision_boundary 改动了模型的 {name}。",
            )


@check(zh="文章 004 的例子：训练够久之后，分界点落在 2 和 3 小时之间", needs=("test_many_epochs", "test_boundary"))
def test_article(student: Student, draw: Draw) -> None:
    """The example of article 004: trained long enough, the boundary lies between 2 and 3 hours."""
    # From 10,000 starts in [−1, 1]² the boundary came to lie between 2.440 and 2.443.
    numbers = [draw.uniform(1, 1, low=-1.0, high=1.0), draw.uniform(1, low=-1.0, high=1.0)]
    job = (*article_data(), 0.3, 200)
    model = build("layer", numbers)
    train(model, *job)
    w, b = (p.item() for p in model.parameters())
    result = student.run(fit_and_find, build, numbers, job)
    expect(isinstance(result, tuple | list) and len(result) == 2, "A boundary is due.", "应当有一个分界点。")
    what = Text(
        f"After 200 epochs with lr = 0.3 (w = {w:.4g}, b = {b:.4g}), the boundary:",
        f"lr = 0.3 训练 200 个 epoch 之后（w = {w:.4g}，b = {b:.4g}），分界点：",
    )
    assert_close(result[0], -b / w, rtol=1e-3, atol=0.0, what=what)
    expect(2 < float(result[0]) < 3, f"{what.en} {result[0]}", f"{what.zh}{result[0]}")


@check(zh="模型和数据在别的设备上时，也能训练", needs=("test_one_epoch",))
def test_device(student: Student, draw: Draw) -> None:
    """Where model and data lie on another device, training works there."""
    count = draw.integer(3, 6)
    with elsewhere(mistake="made_on_cpu") as device:
        hours, passed = torch.empty(count, 1, device=device), torch.empty(count, 1, device=device)
        student.run(fit_elsewhere, build, hours, passed)
