"""Checks of descent by autograd: the article's printout, any path, the caller's w, its gradient, a second call."""

from __future__ import annotations

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

# Article 003 prints these losses after each of ten epochs.
PRINTED = (
    7.315943717956543, 3.9987640380859375, 2.1856532096862793, 1.1946394443511963, 0.6529689431190491,
    0.35690122842788696, 0.195076122879982, 0.10662525147199631, 0.0582793727517128, 0.03185431286692619,
)  # fmt: skip
# float32 rounds each number on the way by 6e-8; a wrong step is off by a hundredth or more.
RTOL, ATOL = 2e-4, 2e-5


def due(xs: Sequence[float], ys: Sequence[float], w: float, lr: float, epochs: int) -> tuple[list[float], float]:
    """Return the right losses and the right w at the end."""
    losses = []
    for _ in range(epochs):
        error = 0.0
        for x, y in zip(xs, ys, strict=True):
            error = x * w - y
            w -= lr * 2 * x * error
        losses.append(error**2)
    return losses, w


def samples(draw: Draw, count: int) -> tuple[list[float], list[float]]:
    """Return inputs away from zero and labels that lie on no line, so that the order of the samples matters."""
    xs = [draw.number(0.7, 1.8) * draw.choice((-1.0, 1.0)) for _ in range(count)]
    return xs, [draw.number(1.0, 4.0) * draw.choice((-1.0, 1.0)) for _ in range(count)]


def weight(value: float, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    """Return a leaf of one element that requires grad."""
    return torch.tensor([value], dtype=dtype).requires_grad_()


def assert_losses(losses: object, wanted: Sequence[float], what: Text | None = None) -> None:
    """Fail unless these are the right losses, as plain numbers."""
    count = len(wanted)
    if losses is None:
        assert_tensor(losses)  # says so
    tensors = isinstance(losses, torch.Tensor) or (
        isinstance(losses, list | tuple) and any(isinstance(loss, torch.Tensor) for loss in losses)
    )
    if tensors:
        fail(
            f"Plain floats are due, but tensors came back: {show_object(losses)}",
            f"应当返回普通浮点数，得到的却是张量：{show_object(losses)}",
            mistake="tensors_returned",
        )
    if not isinstance(losses, list | tuple):
        fail(
            f"A list with {count} losses is due, but {show_object(losses)} came back.",
            f"应当返回有 {count} 个损失的列表，得到的却是 {show_object(losses)}。",
        )
    expect(
        len(losses) == count,
        f"epochs={count}, so as many losses are due, but {len(losses)} came back: {show_object(losses)}",
        f"epochs={count}，应当正好有这么多个损失，实际却有 {len(losses)} 个：{show_object(losses)}",
    )
    found = []
    for loss in losses:
        value = loss.tensor.item() if isinstance(loss, NumpyValue) and not loss.tensor.dim() else loss
        if isinstance(value, bool) or not isinstance(value, int | float):
            fail(
                f"Plain floats are due, but the list holds {show_object(loss)}.",
                f"列表里应当都是普通浮点数，其中却有 {show_object(loss)}。",
            )
        found.append(float(value) if abs(value) < 1e300 else float("inf"))
    assert_close(
        torch.tensor(found, dtype=torch.float64),
        torch.tensor(wanted, dtype=torch.float64),
        rtol=RTOL,
        atol=ATOL,
        what=what,
    )


def assert_weight(w: torch.Tensor, value: float, before: torch.Tensor, what: Text | None = None) -> None:
    """Fail unless the caller's w, a copy of which is `before`, holds `value` now."""
    moved = w.shape != before.shape or not torch.equal(w.detach(), before.detach())
    wanted = torch.full_like(before.detach(), value)
    assert_close(w, wanted, rtol=RTOL, atol=ATOL, what=what, mistake=None if moved else "other_tensor")


def cleared(w: torch.Tensor) -> bool:
    """Tell whether nothing would be added to the next gradient."""
    return w.grad is None or not w.grad.any()


@check(zh="文章 003 打印的十个损失：7.3159437、3.9987640、……、0.0318543")
def test_article(student: Student) -> None:
    """The losses are the ten that article 003 prints: 7.3159437, 3.9987640, … 0.0318543."""
    w = weight(1.0)
    assert_losses(student.descend([1.0, 2.0, 3.0], [2.0, 4.0, 6.0], w, 0.01, 10), PRINTED)


@check(zh="任意数据：每一轮返回最后一个样本更新之前的损失，与练习 9 的路径一致")
def test_losses(student: Student, draw: Draw) -> None:
    """On any data each epoch gives the loss of its last sample before the step, on the path of exercise 9."""
    # With the last learning rate w runs away, by a factor of 2 to 9 at each step.
    for count, epochs, lr in ((3, 5, 0.05), (draw.integer(4, 6), 4, draw.number(0.03, 0.07)), (2, 3, 1.5)):
        xs, ys = samples(draw, count)
        start = draw.number(4.0, 6.0)
        what = Text(
            en=f"The losses of {epochs} epochs over {count} samples, from w = {start:.4g}, lr = {lr:.4g}:",
            zh=f"从 w = {start:.4g} 出发，lr = {lr:.4g}，{count} 个样本，{epochs} 轮的损失：",
        )
        losses = student.descend(list(xs), list(ys), weight(start), lr, epochs)
        assert_losses(losses, due(xs, ys, start, lr, epochs)[0], what)


@check(zh="调用者的 w 原地更新，并且仍是需要梯度的叶子张量", weight=2)
def test_weight(student: Student, draw: Draw) -> None:
    """The caller's own w is updated, and still is a leaf that requires grad."""
    for count in (draw.integer(2, 4), draw.integer(4, 6)):
        xs, ys = samples(draw, count)
        start, lr, epochs = draw.number(4.0, 6.0), draw.number(0.03, 0.07), draw.integer(2, 4)
        w = weight(start)
        before = w.detach().clone()
        student.descend(list(xs), list(ys), w, lr, epochs)
        what = Text(
            en=f"w after {epochs} epochs over {count} samples, from {start:.4g}, lr = {lr:.4g}:",
            zh=f"从 {start:.4g} 出发，lr = {lr:.4g}，{count} 个样本，{epochs} 轮之后的 w：",
        )
        assert_weight(w, due(xs, ys, start, lr, epochs)[1], before, what)
        expect(
            w.requires_grad and w.is_leaf,
            "After the call w no longer requires grad: the next backward() would skip it.",
            "调用之后，w 不再需要梯度（requires_grad 变成了 False）：下一次 backward() 会跳过它。",
            mistake="frozen",
        )


@check(zh="返回时 w.grad 是零或 None；传入时是零也可以", needs=("test_losses",))
def test_gradient_cleared(student: Student, draw: Draw) -> None:
    """On return w.grad is zero or None; on entry it may be either, too."""
    for zero in (False, True):
        xs, ys = samples(draw, 3)
        start, lr = draw.number(4.0, 6.0), draw.number(0.03, 0.07)
        w = weight(start)
        w.grad = torch.zeros(1) if zero else None
        losses = student.descend(list(xs), list(ys), w, lr, 3)
        what = Text(
            en=f"With w.grad {'zero' if zero else 'None'} on entry, the losses of 3 epochs:",
            zh=f"传入时 w.grad 为{'零' if zero else ' None'}，3 轮的损失：",
        )
        assert_losses(losses, due(xs, ys, start, lr, 3)[0], what)
        expect(
            cleared(w),
            f"On return w.grad is {show_object(w.grad)}; zero or None is due, because the next backward() adds to it.",
            f"返回时 w.grad 是 {show_object(w.grad)}；应当为零或 None，因为下一次 backward() 会往上累加。",
            mistake="left_behind",
        )


def twice(names, xs, ys, w, lr, epochs):
    """Descend, and descend again from where w stopped; say whether autograd still records in between."""
    first = names.descend(list(xs), list(ys), w, lr, epochs)
    if w.requires_grad and not (2 * w).requires_grad:
        return "off"
    return [first, names.descend(list(xs), list(ys), w, lr, epochs), w.detach().clone()]


@check(zh="再调用一次，就从 w 停下的地方接着走", needs=("test_losses", "test_weight", "test_gradient_cleared"))
def test_goes_on(student: Student, draw: Draw) -> None:
    """A second call goes on where w stopped."""
    xs, ys = samples(draw, 3)
    start, lr = draw.number(4.0, 6.0), draw.number(0.03, 0.07)
    wanted, end = due(xs, ys, start, lr, 4)
    found = student.run(twice, xs, ys, weight(start), lr, 2)
    expect(
        found != "off",
        "After the call autograd is off (torch.is_grad_enabled() is False): it was switched off and never on again.",
        "调用之后，自动求导是关着的（torch.is_grad_enabled() 为 False）：它被关掉之后没有再打开。",
        mistake="grad_left_off",
    )
    first, second, w = found if isinstance(found, list) and len(found) == 3 else (None, None, None)
    assert_losses(first, wanted[:2])
    assert_losses(
        second, wanted[2:], Text(en="The losses of 2 more epochs on the same w:", zh="用同一个 w 再走 2 轮，损失是：")
    )
    what = Text(en="w after these 2 epochs:", zh="这 2 轮之后的 w：")
    assert_close(w, torch.tensor([end]), rtol=RTOL, atol=ATOL, what=what)


@check(zh="可以只有一个样本、只有一轮，也可以是 0 轮（返回空列表，w 不动）", needs=("test_losses",))
def test_few(student: Student, draw: Draw) -> None:
    """One sample will do, so will one epoch, and no epochs give an empty list and leave w alone."""
    for count, epochs in ((1, 4), (4, 1), (1, 1), (3, 0)):
        xs, ys = samples(draw, count)
        start, lr = draw.number(4.0, 6.0), draw.number(0.03, 0.07)
        w = weight(start)
        before = w.detach().clone()
        what = Text(en=f"Samples: {count}, epochs: {epochs}.", zh=f"样本数：{count}，轮数：{epochs}。")
        assert_losses(student.descend(list(xs), list(ys), w, lr, epochs), due(xs, ys, start, lr, epochs)[0], what)
        if not epochs:
            assert_unchanged(w, before, "w")


@check(zh="到了谷底也不提前停止：轮数再多，每一轮仍有一个损失", needs=("test_losses",))
def test_long(student: Student, draw: Draw) -> None:
    """It does not stop early at the bottom: every one of many epochs has its loss."""
    slope, lr = draw.number(1.5, 3.0) * draw.choice((-1.0, 1.0)), draw.number(0.1, 0.15)
    xs = [draw.number(0.9, 1.4) for _ in range(3)]
    ys = [slope * x for x in xs]
    what = Text(en=f"The samples lie on y = {slope:.4g}·x.", zh=f"样本都在直线 y = {slope:.4g}·x 上。")
    assert_losses(student.descend(list(xs), list(ys), weight(0.0), lr, 60), due(xs, ys, 0.0, lr, 60)[0], what)


@check(zh="w 也可以是 float64，并且一直是 float64", needs=("test_losses", "test_weight"))
def test_double(student: Student, draw: Draw) -> None:
    """A w of float64 will do as well, and stays float64."""
    xs, ys = samples(draw, 3)
    start, lr = draw.number(4.0, 6.0), draw.number(0.03, 0.07)
    w = weight(start, dtype=torch.float64)
    before = w.detach().clone()
    what = Text(en="w is float64.", zh="w 是 float64。")
    losses, end = due(xs, ys, start, lr, 3)
    assert_losses(student.descend(list(xs), list(ys), w, lr, 3), losses, what)
    assert_weight(w, end, before, what)


@check(zh="xs 和 ys 保持原样", needs=("test_losses",))
def test_inputs_stay(student: Student, draw: Draw) -> None:
    """The lists xs and ys stay as they are."""
    xs, ys = samples(draw, 4)
    given = list(xs), list(ys)
    student.descend(*given, weight(5.0), 0.05, 2)
    for name, mine, before in (("xs", given[0], xs), ("ys", given[1], ys)):
        expect(
            mine == before,
            f"The argument {name} was changed: before {show_object(before)}, after {show_object(mine)}.",
            f"参数 {name} 被改动了：调用前是 {show_object(before)}，调用后是 {show_object(mine)}。",
            mistake="lists_emptied" if len(mine) < len(before) else None,
        )


@check(zh="w 不在 CPU 上时，没有 CPU 上的张量掺进来", needs=("test_losses",))
def test_device(student: Student) -> None:
    """Where w is not on the CPU, no tensor of the CPU is mixed in."""
    try:
        with elsewhere(mistake="made_on_cpu") as device:
            w = torch.empty(1, device=device).requires_grad_()
            student.descend([1.5], [2.0], w, 0.1, 1)
    except NotJudged as stopped:
        # A loss must become a float in the end, and a tensor without contents has none. So far nothing was mixed.
        if "item()" not in stopped.text.en:
            raise
