"""Checks of gradient descent by hand: the gradient, the article's printout, any path, any number of epochs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from grader.judge import Draw, Student, Text, assert_close, assert_tensor, check, expect, fail
from grader.judge.show import show_object
from grader.judge.student import NumpyValue, RemoteObject

if TYPE_CHECKING:
    from collections.abc import Sequence

# Rounding alone: about 1e-15 of the largest number on the way.
RTOL, ATOL = 1e-9, 1e-11
# float32 leaves an error of 1e-8 to 1e-6, rounding to four digits a larger one.
SINGLE = 2e-6


def due_path(xs: Sequence[float], ys: Sequence[float], w: float, lr: float, epochs: int) -> list[float]:
    """Return the right w after each epoch."""
    path = []
    for _ in range(epochs):
        for x, y in zip(xs, ys, strict=True):
            w -= lr * 2 * x * (x * w - y)
        path.append(w)
    return path


def samples(draw: Draw, count: int) -> tuple[list[float], list[float]]:
    """Return inputs away from zero and labels that lie on no line, so that the order of the samples matters."""
    xs = [draw.number(0.7, 1.8) * draw.choice((-1.0, 1.0)) for _ in range(count)]
    return xs, [draw.number(1.0, 4.0) * draw.choice((-1.0, 1.0)) for _ in range(count)]


def numbers_of(path: object, epochs: int) -> torch.Tensor:
    """Return the list as a float64 tensor; fail where it is no list of `epochs` plain numbers."""
    if path is None:
        assert_tensor(path)  # says so
    if isinstance(path, RemoteObject):
        fail(
            f"A list is due, but {show_object(path)} came back.",
            f"应当返回列表，得到的却是 {show_object(path)}。",
            mistake="yields",
        )
    if isinstance(path, int | float):
        fail(
            f"A list with {epochs} numbers is due, but a single number came back: {show_object(path)}",
            f"应当返回有 {epochs} 个数的列表，得到的却只有一个数：{show_object(path)}",
            mistake="last_only" if epochs != 1 else None,
        )
    tensors = isinstance(path, torch.Tensor) or (
        isinstance(path, list | tuple) and any(isinstance(w, torch.Tensor) for w in path)
    )
    if tensors:
        fail(
            f"A list of plain floats is due, but tensors came back: {show_object(path)}",
            f"应当返回由普通浮点数组成的列表，得到的却是张量：{show_object(path)}",
            mistake="tensors_returned",
        )
    if not isinstance(path, list | tuple):
        fail(
            f"A list is due, but {show_object(path)} came back.",
            f"应当返回列表，得到的却是 {show_object(path)}。",
        )
    expect(
        len(path) == epochs,
        f"epochs={epochs}, so the list is due to hold as many numbers, but it holds {len(path)}: {show_object(path)}",
        f"epochs={epochs}，列表里应当正好有这么多个数，实际却有 {len(path)} 个：{show_object(path)}",
    )
    found = []
    for w in path:
        value = w.tensor.item() if isinstance(w, NumpyValue) and not w.tensor.dim() else w
        if isinstance(value, bool) or not isinstance(value, int | float):
            fail(
                f"A list of plain floats is due, but it holds {show_object(w)}.",
                f"列表里应当都是普通浮点数，其中却有 {show_object(w)}。",
            )
        found.append(float(value) if abs(value) < 1e300 else float("inf"))
    return torch.tensor(found, dtype=torch.float64)


def assert_path(path: object, due: Sequence[float], what: Text | None = None) -> None:
    """Fail unless these are the right numbers, to more digits than float32 has."""
    found, wanted = numbers_of(path, len(due)), torch.tensor(due, dtype=torch.float64)
    near = torch.allclose(found, wanted, rtol=SINGLE, atol=SINGLE)
    assert_close(found, wanted, rtol=RTOL, atol=ATOL, what=what, mistake="single_precision" if near else None)


@check(zh="文章 003 打印的前三个梯度：−2、−7.84、−16.2288")
def test_article_gradients(student: Student) -> None:
    """The first three gradients that article 003 prints are −2, −7.84 and −16.2288."""
    for x, y, w, due in ((1.0, 2.0, 1.0, -2.0), (2.0, 4.0, 1.02, -7.84), (3.0, 6.0, 1.0984, -16.2288)):
        what = Text(
            en=f"The gradient at w = {w:g} on ({x:g}, {y:g}):", zh=f"w = {w:g} 时，在 ({x:g}, {y:g}) 上的梯度："
        )
        assert_close(student.gradient(x, y, w), due, rtol=RTOL, atol=ATOL, what=what)


@check(zh="梯度是 2x(xw − y)，数的大小和正负任意")
def test_gradient(student: Student, draw: Draw) -> None:
    """The gradient is 2x(xw − y), for numbers of any size and sign."""
    cases: list[tuple[float, float, float]] = [
        tuple(draw.number(0.5, 4.0) * draw.choice((-1.0, 1.0)) for _ in range(3))  # type: ignore[misc]  # three of them
        for _ in range(4)
    ]
    cases += [
        (draw.number(50.0, 200.0), draw.number(-9.0, 9.0), draw.number(-9.0, -5.0)),
        (0.0, draw.number(1.0, 4.0), draw.number(1.0, 4.0)),
        # A large loss with a small slope: the difference of two losses would have lost five digits or more.
        (draw.number(0.01, 0.02), draw.number(2000.0, 5000.0), draw.number(1.0, 4.0)),
        (draw.integer(2, 5), draw.integer(-9, -1), draw.integer(3, 7)),
    ]
    for x, y, w in cases:
        what = Text(en=f"2x(xw − y) for x={x:.4g}, y={y:.4g}, w={w:.4g}:", zh=f"x={x:.4g}、y={y:.4g}、w={w:.4g} 时：")
        assert_close(student.gradient(x, y, w), 2 * x * (x * w - y), rtol=RTOL, atol=ATOL, what=what)


@check(zh="文章 003 的数据：10 轮后对 x = 4 的预测是 7.8048639…，20 轮后是 7.9904804…")
def test_article_path(student: Student) -> None:
    """On the data of article 003 the prediction for x = 4 is 7.8048639… after 10 epochs and 7.9904804… after 20."""
    path = numbers_of(student.descend([1.0, 2.0, 3.0], [2.0, 4.0, 6.0], 1.0, 0.01, 20), 20)
    due = torch.tensor(due_path((1, 2, 3), (2, 4, 6), 1.0, 0.01, 20), dtype=torch.float64)
    near = torch.allclose(path, due, rtol=SINGLE, atol=SINGLE)
    for epochs, prediction in ((10, 7.804863933862125), (20, 7.990480478923059)):
        what = Text(en=f"4·w after {epochs} epochs:", zh=f"{epochs} 轮之后的 4·w：")
        found = 4 * path[epochs - 1].item()
        assert_close(found, prediction, rtol=RTOL, atol=ATOL, what=what, mistake="single_precision" if near else None)


@check(zh="任意数据：每个样本更新一次 w，每一轮记录一次", weight=2)
def test_any_path(student: Student, draw: Draw) -> None:
    """On any data w takes a step after every sample and is noted after every epoch."""
    for count in (draw.integer(3, 4), draw.integer(5, 6)):
        xs, ys = samples(draw, count)
        w, lr, epochs = draw.number(4.0, 6.0), draw.number(0.03, 0.07), draw.integer(4, 7)
        what = Text(
            en=f"w after each of {epochs} epochs over {count} samples, from w = {w:.4g}, lr = {lr:.4g}:",
            zh=f"从 w = {w:.4g} 出发，lr = {lr:.4g}，{count} 个样本，{epochs} 轮，每一轮之后的 w：",
        )
        assert_path(student.descend(list(xs), list(ys), w, lr, epochs), due_path(xs, ys, w, lr, epochs), what)


@check(zh="可以只有一个样本、只有一轮，也可以是 0 轮（返回空列表）", needs=("test_any_path",))
def test_few(student: Student, draw: Draw) -> None:
    """One sample will do, so will one epoch, and no epochs give an empty list."""
    for count, epochs in ((1, 5), (4, 1), (1, 1), (3, 0)):
        xs, ys = samples(draw, count)
        w, lr = draw.number(4.0, 6.0), draw.number(0.03, 0.07)
        what = Text(en=f"Samples: {count}, epochs: {epochs}.", zh=f"样本数：{count}，轮数：{epochs}。")
        assert_path(student.descend(list(xs), list(ys), w, lr, epochs), due_path(xs, ys, w, lr, epochs), what)


@check(zh="到了谷底也不提前停止：轮数再多，每一轮仍有一个数", needs=("test_any_path",))
def test_long(student: Student, draw: Draw) -> None:
    """It does not stop early at the bottom: every one of many epochs has its number."""
    slope, lr = draw.number(1.5, 3.0) * draw.choice((-1.0, 1.0)), draw.number(0.1, 0.15)
    xs = [draw.number(0.9, 1.4) for _ in range(3)]
    ys = [slope * x for x in xs]
    what = Text(en=f"The samples lie on y = {slope:.4g}·x.", zh=f"样本都在直线 y = {slope:.4g}·x 上。")
    assert_path(student.descend(list(xs), list(ys), 0.0, lr, 80), due_path(xs, ys, 0.0, lr, 80), what)


@check(zh="学习率太大时 w 越走越远，结果也照实返回", needs=("test_any_path",))
def test_diverges(student: Student, draw: Draw) -> None:
    """Where the learning rate is too large w runs away, and the list says so."""
    xs, ys = samples(draw, 3)
    # Each step multiplies the distance by 1 − 2·lr·x², here by −2 to −19.
    w, lr = draw.number(1.0, 2.0), draw.number(3.1, 4.0)
    what = Text(en=f"With lr = {lr:.4g}, which is far too large:", zh=f"lr = {lr:.4g}，大得离谱：")
    assert_path(student.descend(list(xs), list(ys), w, lr, 8), due_path(xs, ys, w, lr, 8), what)


@check(zh="传进来的数可以是整数", needs=("test_any_path",))
def test_ints(student: Student, draw: Draw) -> None:
    """The numbers may come as ints."""
    xs: list[float] = [draw.integer(1, 3), -draw.integer(1, 3), draw.integer(1, 3)]
    ys: list[float] = [draw.integer(-5, 5) for _ in range(3)]
    w, lr = draw.integer(6, 9), draw.number(0.01, 0.03)
    what = Text(en="With ints for xs, ys and w:", zh="xs、ys 和 w 都是整数时：")
    assert_path(student.descend(list(xs), list(ys), w, lr, 4), due_path(xs, ys, w, lr, 4), what)


@check(zh="两个列表保持原样，再调用一次结果相同", needs=("test_any_path",))
def test_inputs_stay(student: Student, draw: Draw) -> None:
    """Both lists stay as they are, and the same call gives the same again."""
    xs, ys = samples(draw, 4)
    w, lr = draw.number(4.0, 6.0), draw.number(0.03, 0.07)
    given = list(xs), list(ys)
    for again in (False, True):
        path = student.descend(*given, w, lr, 3)
        for name, mine, before in (("xs", given[0], xs), ("ys", given[1], ys)):
            expect(
                mine == before,
                f"The argument {name} was changed: before {show_object(before)}, after {show_object(mine)}.",
                f"参数 {name} 被改动了：调用前是 {show_object(before)}，调用后是 {show_object(mine)}。",
                mistake="lists_emptied" if len(mine) < len(before) else None,
            )
        what = Text(en="The same call once more:", zh="同样的调用再来一次：") if again else None
        assert_path(path, due_path(xs, ys, w, lr, 3), what)
