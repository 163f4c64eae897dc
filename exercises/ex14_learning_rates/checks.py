"""Checks of the learning rates: the losses of full-batch descent at any rate, and the verdict on them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch

from grader.judge import (
    Draw,
    NotJudged,
    Student,
    Text,
    assert_close,
    assert_tensor,
    assert_unchanged,
    check,
    elsewhere,
    expect,
    fail,
)
from grader.judge.show import show_object
from grader.judge.student import NumpyValue

if TYPE_CHECKING:
    from collections.abc import Sequence

# float32 rounds each number on the way by 6e-8 and the noise in the labels keeps the losses away from zero.
RTOL, ATOL = 2e-4, 1e-6
# From here on float32 may overflow, and float64 need not.
HUGE = 1e30


def due_history(lr: float, inputs: torch.Tensor, targets: torch.Tensor, num_epochs: int) -> list[float]:
    """Return the right losses, in float64."""
    x, y = inputs.double(), targets.double()
    # The mean of (wx + b − y)² needs no more of the data than these five means.
    xx, x1, xy, y1, yy = (mean.mean().item() for mean in (x * x, x, x * y, y, y * y))
    w = b = 0.0
    losses = []
    for _ in range(num_epochs):
        losses.append(w * w * xx + 2 * w * b * x1 + b * b - 2 * w * xy - 2 * b * y1 + yy)
        w, b = w - lr * 2 * (w * xx + b * x1 - xy), b - lr * 2 * (w * x1 + b - y1)
    return losses


def data(draw: Draw, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return inputs whose mean is not zero, so that w and b pull at each other, and a line through them with noise."""
    # Spread out evenly, so that no curvature is tiny at any seed.
    inputs = torch.linspace(-1.0, 2.0, count).reshape(-1, 1) + draw.uniform(count, 1, low=-0.15, high=0.15)
    slope, offset = (draw.number(1.0, 3.0) * draw.choice((-1.0, 1.0)) for _ in range(2))
    return inputs, slope * inputs + offset + draw.normal(count, 1, std=0.5)


def as_number(loss: object) -> float:
    """Return one of the losses as a float; a tensor of one number will do."""
    value: object = loss.tensor if isinstance(loss, NumpyValue) else loss
    if isinstance(value, torch.Tensor) and value.numel() == 1 and not value.is_complex():
        value = value.double().item()
    if isinstance(value, bool) or not isinstance(value, int | float):
        fail(
            f"Floats are due, but the losses hold {show_object(loss)}.",
            f"应当都是浮点数，损失里却有 {show_object(loss)}。",
        )
    return float(value) if not isinstance(value, int) or abs(value) < 1e300 else math.inf


def assert_history(losses: object, due: Sequence[float], what: Text | None = None) -> None:
    """Fail unless these are the right losses. Beyond `HUGE` one that is not finite is right too."""
    if losses is None:
        assert_tensor(losses)  # says so
    if isinstance(losses, torch.Tensor | NumpyValue):
        plain = losses.tensor if isinstance(losses, NumpyValue) else losses
        losses = list(plain) if plain.dim() == 1 else losses
    if not isinstance(losses, list | tuple):
        fail(
            f"A list with {len(due)} losses is due, but {show_object(losses)} came back.",
            f"应当返回有 {len(due)} 个损失的列表，得到的却是 {show_object(losses)}。",
        )
    expect(
        len(losses) == len(due),
        f"num_epochs={len(due)}, so as many losses are due, but {len(losses)} came back: {show_object(losses)}",
        f"num_epochs={len(due)}，应当正好有这么多个损失，实际却有 {len(losses)} 个：{show_object(losses)}",
    )
    found = [as_number(loss) for loss in losses]
    for index, (mine, wanted) in enumerate(zip(found, due, strict=True)):
        if wanted > HUGE and not math.isfinite(mine):
            found[index] = wanted
    assert_close(
        torch.tensor(found, dtype=torch.float64),
        torch.tensor(due, dtype=torch.float64),
        rtol=RTOL,
        atol=ATOL,
        what=what,
    )


def assert_fresh(losses: object, due: Sequence[float]) -> None:
    """Fail where a further run does not begin at w = b = 0, though the first one did."""
    if not isinstance(losses, list | tuple) or len(losses) != len(due):
        return
    first = as_number(losses[0])
    expect(
        math.isclose(first, due[0], rel_tol=1e-3),
        f"A second run on the same data began at a loss of {first:.6g} in place of {due[0]:.6g}: "
        "w and b have kept what the first one made of them.",
        f"用同样的数据再训练一次，第一个损失是 {first:.6g}，而不是 {due[0]:.6g}：w 和 b 留着上一次训练的结果。",
        mistake="parameters_outside",
    )


def run_of(lr: float, count: int, epochs: int) -> Text:
    """Return what a run was."""
    return Text(
        en=f"{epochs} epochs over {count} examples, lr = {lr:.4g}:",
        zh=f"{count} 个样本，{epochs} 轮，lr = {lr:.4g}：",
    )


@check(zh="第一个损失属于 w = b = 0，也就是 y² 的平均值")
def test_first_loss(student: Student, draw: Draw) -> None:
    """The first loss belongs to w = b = 0: it is the mean of y²."""
    inputs, targets = data(draw, 6)
    wanted = (targets.double() ** 2).mean().item()
    what = Text(en="One epoch, so one loss, before any step:", zh="只有一轮，所以只有一个损失，此时还没有更新：")
    losses = student.loss_history(0.1, inputs, targets, 1)
    if isinstance(losses, list) and len(losses) == 1 and isinstance(losses[0], float) and losses[0] != losses[0] + 1:
        again = student.loss_history(0.1, inputs, targets, 1)
        expect(
            math.isclose(losses[0], wanted, rel_tol=1e-3) or again == losses,
            f"The same call gave {show_object(losses)} and then {show_object(again)}: the start is random. "
            f"From w = b = 0 the loss is {wanted:.6g}.",
            f"同样的调用先得到 {show_object(losses)}，后得到 {show_object(again)}：起点是随机的。"
            f"从 w = b = 0 出发，损失应为 {wanted:.6g}。",
            mistake="random_start",
        )
    assert_history(losses, [wanted], what)


def keeps_graph(names, lr, inputs, targets, num_epochs):
    """Tell whether a loss in the list still has its graph."""
    losses = names.loss_history(lr, inputs, targets, num_epochs)
    return any(isinstance(loss, torch.Tensor) and loss.requires_grad for loss in losses)


@check(zh="全批量梯度下降：每一轮的损失都在更新之前算出")
def test_history(student: Student, draw: Draw) -> None:
    """Full-batch descent: the loss of each epoch, before its step, at a good and at a small learning rate."""
    count, epochs = draw.integer(5, 9), draw.integer(8, 12)
    inputs, targets = data(draw, count)
    for second, lr in enumerate((draw.number(0.1, 0.2), draw.number(0.005, 0.015))):
        wanted = due_history(lr, inputs, targets, epochs)
        losses = student.loss_history(lr, inputs, targets, epochs)
        if second:
            assert_fresh(losses, wanted)
        assert_history(losses, wanted, run_of(lr, count, epochs))
        if isinstance(losses, list | tuple) and any(isinstance(loss, torch.Tensor) for loss in losses):
            expect(
                not student.run(keeps_graph, lr, inputs, targets, epochs),
                "The losses are tensors with a graph: each keeps the whole of its epoch in memory.",
                "返回的损失是带计算图的张量：每一个都让整轮的计算图留在内存里。",
                mistake="graph_kept",
            )


@check(zh="学习率过大时，损失一路增大直到溢出，仍返回 num_epochs 个", needs=("test_history",))
def test_too_large(student: Student, draw: Draw) -> None:
    """Where the rate is too large the losses grow until they overflow, and there are num_epochs of them still."""
    inputs, _ = data(draw, 6)
    # The mean of the inputs is positive, so the steepest direction raises w and b together: a line with both of one
    # sign is far from the start along it. Near it, what grows would be the rounding of the first steps.
    slope, offset = draw.number(1.0, 3.0), draw.number(1.0, 3.0)
    targets = draw.choice((-1.0, 1.0)) * (slope * inputs + offset)
    # The largest curvature is 2 at least, so a step multiplies the distance by 4 at least: 16^40 is beyond float32.
    lr, epochs = draw.number(2.5, 3.5), 40
    wanted = due_history(lr, inputs, targets, epochs)
    assert_history(student.loss_history(lr, inputs, targets, epochs), wanted, run_of(lr, 6, epochs))


@check(zh="走得够久时损失停在最小值，也不提前停止；只有一个样本、0 轮也可以", needs=("test_history",))
def test_long_and_short(student: Student, draw: Draw) -> None:
    """A long run rests at the minimum and does not stop early; one example will do, and so will no epochs."""
    for count, epochs in ((12, 100), (1, 4), (4, 0)):
        inputs, targets = data(draw, count)
        # One over the sum of both curvatures: nothing is overshot, and the flat direction comes to rest as well.
        lr = 0.5 / ((inputs**2).mean().item() + 1)
        wanted = due_history(lr, inputs, targets, epochs)
        assert_history(student.loss_history(lr, inputs, targets, epochs), wanted, run_of(lr, count, epochs))


@check(zh="两个张量保持原样，同样的调用每次结果相同", needs=("test_history",))
def test_again(student: Student, draw: Draw) -> None:
    """Both tensors stay as they are, and the same call gives the same again."""
    inputs, targets = data(draw, 6)
    before, lr = (inputs.clone(), targets.clone()), draw.number(0.05, 0.15)
    wanted = due_history(lr, inputs, targets, 4)
    for again in (False, True):
        losses = student.loss_history(lr, inputs, targets, 4)
        assert_unchanged(inputs, before[0], "inputs", requires_grad=False)
        assert_unchanged(targets, before[1], "targets", requires_grad=False)
        if not again:
            assert_history(losses, wanted)
            continue
        assert_fresh(losses, wanted)
        assert_history(losses, wanted, Text(en="The same call once more:", zh="同样的调用再来一次："))


@check(zh="数据不在 CPU 上时，没有 CPU 上的张量掺进来", needs=("test_history",))
def test_device(student: Student) -> None:
    """Where the data are not on the CPU, no tensor of the CPU is mixed in."""
    try:
        with elsewhere(mistake="made_on_cpu") as device:
            student.loss_history(0.1, torch.empty(4, 1, device=device), torch.empty(4, 1, device=device), 1)
    except NotJudged as stopped:
        # A loss must become a float in the end, and a tensor without contents has none. So far nothing was mixed.
        if "item()" not in stopped.text.en:
            raise


def assert_verdict(student: Student, losses: list[float], due: str, en: str, zh: str) -> None:
    """Fail unless the verdict on these losses is `due`, for the reason given."""
    given = list(losses)
    verdict = student.judge(given)
    shown = show_object(losses)
    if verdict is None:
        assert_tensor(verdict)  # says so
    expect(
        isinstance(verdict, str) and verdict == due,
        f'judge({shown}) gave {show_object(verdict)}, but "{due}" is due: {en}.',
        f'judge({shown}) 得到 {show_object(verdict)}，应为 "{due}"：{zh}。',
    )
    same = list(map(repr, given)) == list(map(repr, losses))  # NaN is not equal to itself
    expect(
        same,
        f"judge changed its list: before {shown}, after {show_object(given)}.",
        f"judge 改动了传入的列表：调用前 {shown}，调用后 {show_object(given)}。",
        mistake="list_changed",
    )


@check(zh='最后一个损失不是有限的数，或者大于第一个："diverged"')
def test_diverged(student: Student, draw: Draw) -> None:
    """It is "diverged" if the last loss is not finite, or above the first."""
    first = draw.number(2.0, 9.0)
    above = "the last loss is above the first", "最后一个损失大于第一个"
    assert_verdict(student, [first, 2 * first, 5 * first], "diverged", *above)
    assert_verdict(student, [first, 9 * first, 3 * first], "diverged", *above)
    assert_verdict(student, [first, 3 * first, 3 * first * 1.0001], "diverged", *above)
    assert_verdict(student, [first, first * 1.0001], "diverged", *above)
    for value in (math.inf, math.nan):
        endless = f"the last loss is {value}, which is not finite", f"最后一个损失是 {value}，不是有限的数"
        assert_verdict(student, [first, 50 * first, value], "diverged", *endless)
        assert_verdict(student, [first, value, value], "diverged", *endless)
    endless = "the last loss is inf, which is not finite", "最后一个损失是 inf，不是有限的数"
    # inf is not above inf, and the two are equal; but whether the last is finite is asked first.
    assert_verdict(student, [math.inf, math.inf], "diverged", *endless)


@check(zh='最后两个损失之差小于前一个的千分之一，或者相等："converged"')
def test_converged(student: Student, draw: Draw) -> None:
    """It is "converged" if the last two losses differ by less than a thousandth of the earlier, or not at all."""
    close = "the last two differ by less than a thousandth of the earlier one", "最后两个之差小于前一个的千分之一"
    equal = "the last two are equal", "最后两个相等"
    # Far from 1 in both directions, and by a change that an absolute bound would misjudge.
    for size in (draw.number(1.0, 3.0), draw.number(1e4, 9e4), draw.number(1e-7, 9e-7)):
        assert_verdict(student, [9 * size, 2 * size, size, size * (1 - draw.number(3e-4, 9e-4))], "converged", *close)
    rest = draw.number(0.5, 2.0)
    assert_verdict(student, [9 * rest, rest, rest * 1.0005], "converged", *close)
    assert_verdict(student, [rest, rest * 0.9995], "converged", *close)
    assert_verdict(student, [2000.0, 1000.0, 999.0005], "converged", *close)
    assert_verdict(student, [9 * rest, rest, rest], "converged", *equal)
    assert_verdict(student, [rest, rest], "converged", *equal)
    assert_verdict(student, [rest, 0.0, 0.0], "converged", *equal)
    assert_verdict(student, [0.0, 0.0], "converged", *equal)


@check(zh='其余情况，以及只有一个损失时："slow"')
def test_slow(student: Student, draw: Draw) -> None:
    """Else, and where there is one loss alone, it is "slow"."""
    alone = "one loss alone is no curve", "只有一个损失，看不出快慢"
    moving = (
        "it is not above the first, and the last two differ by a thousandth of the earlier one or more",
        "它不大于第一个，而最后两个之差不小于前一个的千分之一",
    )
    first = draw.number(3.0, 9.0)
    assert_verdict(student, [first], "slow", *alone)
    # The last two differ by a twentieth, then by little beside a first loss that is far away.
    assert_verdict(student, [first, 1.0, 0.95], "slow", *moving)
    assert_verdict(student, [100 * first, 1.0, 0.95], "slow", *moving)
    for size in (1.0, 1e-6, 1e5):
        last = 1 - draw.number(1.2e-3, 1.8e-3)
        assert_verdict(student, [first * size, size, size * last], "slow", *moving)
    assert_verdict(student, [first, first / 3, first / 2], "slow", *moving)
    assert_verdict(student, [first, first / 3, first], "slow", *moving)
    assert_verdict(student, [first, 4 * first, first / 2], "slow", *moving)
    for value in (math.inf, math.nan):
        assert_verdict(student, [first, value, first / 2, first / 3], "slow", *moving)
    assert_verdict(student, [first, first / 3, 0.0], "slow", *moving)
    # Exactly a thousandth is not less than one; and 1.0005 is more than a thousandth of 1000, less than one of 1001.0005.
    assert_verdict(student, [2000.0, 1000.0, 999.0], "slow", *moving)
    assert_verdict(student, [2000.0, 1000.0, 1001.0005], "slow", *moving)


@check(zh="对真实的训练过程下判断：太小、正好、太大", needs=("test_diverged", "test_converged", "test_slow"))
def test_real_runs(student: Student, draw: Draw) -> None:
    """Real runs at a small, a good and a large learning rate are slow, converged and diverged."""
    inputs, targets = data(draw, 12)
    # With x drawn on [−1, 2] the curvatures lie between 0.1 and 8: what is due is computed, not assumed.
    for lr, epochs in ((0.002, 10), (0.2, 200), (2.5, 20), (2.5, 200)):
        losses = due_history(lr, inputs, targets, epochs)
        verdict = right_verdict(losses)
        assert_verdict(student, losses, verdict, f"these are the losses at lr = {lr}", f"这是 lr = {lr} 时的损失")


def right_verdict(losses: Sequence[float]) -> str:
    """Return the right verdict."""
    if not math.isfinite(losses[-1]) or losses[-1] > losses[0]:
        return "diverged"
    return "converged" if abs(losses[-1] - losses[-2]) < losses[-2] / 1000 else "slow"
