"""Checks of Ohm's law: right for any law, unit, shape and number of readings.

Due is the line of least squares through the very readings, computed here without descent, so that no noise is
unlucky. Allowed is 1%: full-batch descent that has settled is nearer than a thousandth of that, and minibatches
of ten at a rate of 0.05 shake by 0.02%. There are about 1000 readings, so that a few epochs are enough. None lies
far out: whoever divides by the largest current descends the slower the farther it lies from the others, and a draw
shall not decide whether a hundred steps are enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from grader.judge import (
    Draw,
    LearnerError,
    Student,
    Text,
    assert_close,
    assert_unchanged,
    check,
    elsewhere,
    expect,
    fail,
)

if TYPE_CHECKING:
    from torch import Tensor

DOUBLE = torch.float64
ALLOWED = 0.01


def fit_elsewhere(names, current, voltage):
    """Begin a fit where there are no values; stop it after some steps, or where a value is missed."""
    from torch.utils._python_dispatch import TorchDispatchMode  # noqa: PLC0415 - a probe is sent by its own source alone

    class Enough(TorchDispatchMode):
        """Let 150 operations pass: by then tensors have met, and thousands of steps would take long on meta."""

        left = 150

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            self.left -= 1
            if not self.left:
                raise RuntimeError("enough operations")
            return function(*args, **(kwargs or {}))

    try:
        with Enough():
            names.fit_ohms_law(current, voltage)
    except (RuntimeError, NotImplementedError) as error:
        # The floats cannot be had on meta: when they are asked for, all tensors have met.
        known = "enough operations", "item() cannot be called on meta", "tolist() on a meta"
        if not any(words in str(error) for words in known):
            raise
    return True


def sign(draw: Draw) -> float:
    """Return 1 or −1."""
    return draw.choice((-1.0, 1.0))


def around_zero(draw: Draw, *shape: int, unit: float = 1.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """Return normal currents with mean 0 and deviation `unit` to rounding, none beyond about three deviations."""
    current = draw.normal(*shape, dtype=DOUBLE).clamp(-3.0, 3.0)
    return ((current - current.mean()) / current.std(correction=0) * unit).to(dtype)


def readings(draw: Draw, current: Tensor, r: float, c: float, *, noise: float = 0.003) -> tuple[Tensor, Tensor]:
    """Return the currents and their voltages; `noise` is a part of the spread that r gives the voltages."""
    std = noise * abs(r) * current.double().std(correction=0).item()
    exact = current.double() * r + c
    return current, (exact + draw.normal(*current.shape, std=std, dtype=DOUBLE)).to(current.dtype)


def least_squares(current: Tensor, voltage: Tensor) -> tuple[float, float]:
    """Return slope and intercept of the best line."""
    x, u = current.double().flatten(), voltage.double().flatten()
    centred = x - x.mean()
    r = (centred * u).sum() / centred.square().sum()
    return r.item(), (u.mean() - r * x.mean()).item()


def judge(student: Student, current: Tensor, voltage: Tensor) -> None:
    """Fail unless the learner's line is the best one through the readings."""
    r, c = least_squares(current, voltage)
    spread = abs(r) * current.double().std(correction=0).item()
    low, high = (f"{value:.3g}" for value in (current.min().item(), current.max().item()))
    en = f"{current.numel()} readings {tuple(current.shape)}, currents from {low} to {high}, u ≈ {r:.5g}·I + {c:.5g}"
    zh = f"{current.numel()} 组读数 {tuple(current.shape)}，电流从 {low} 到 {high}，u ≈ {r:.5g}·I + {c:.5g}"
    try:
        result = student.fit_ohms_law(current, voltage)
    except LearnerError as error:
        dtypes = "same dtype", "expected scalar type", "expected m1 and m2 to have the same dtype"
        if current.dtype is DOUBLE and any(words in error.failure.message for words in dtypes):
            fail(
                f"The readings are float64, and your code raised {error}",
                f"读数是 float64，你的代码报错：{error}",
                mistake="always_single",
            )
        raise
    expect(
        result is not None,
        f"{en}: None came back. End with: return r, c",
        f"{zh}：返回了 None。最后请写：return r, c",
    )
    expect(
        isinstance(result, tuple | list) and len(result) == 2,
        f"{en}: two floats are due: return r, c",
        f"{zh}：应当返回两个浮点数：return r, c",
    )
    slope = result[0]
    if current.dim() != voltage.dim() and isinstance(slope, float) and abs(slope) < abs(r) / 100:
        fail(
            f"{en}\nThe voltages are {tuple(voltage.shape)}, and the line came back flat, r = {slope:.3g}: every current "
            "met every voltage.",
            f"{zh}\n电压是 {tuple(voltage.shape)}，返回的却是水平线，r = {slope:.3g}：每个电流和每个电压都配了一次对。",
            mistake="shapes_broadcast",
        )
    for name, word, value, due, allowed in (
        ("resistance", "电阻", result[0], r, ALLOWED * abs(r)),
        ("offset", "偏移", result[1], c, ALLOWED * (abs(c) + spread)),
    ):
        expect(
            not isinstance(value, torch.Tensor),
            f"{en}: the {name} is a tensor where a plain float is due: .item() gives the number.",
            f"{zh}：{word}是张量，应当是普通浮点数：用 .item() 取数值。",
            mistake="tensors_returned",
        )
        what = Text(f"{en}\nThe {name}:", f"{zh}\n{word}：")
        assert_close(value, due, rtol=0.0, atol=allowed, what=what)


@check(zh="文章的例子：从 1000 组读数学到 r = 3.3、c = 2.2")
def test_article(student: Student, draw: Draw) -> None:
    """The article's own example: r = 3.3 and c = 2.2 from 1000 readings."""
    judge(student, *readings(draw, around_zero(draw, 1000), 3.3, 2.2))


@check(zh="其他的电阻和偏移，有正有负，有大有小", needs=("test_article",))
def test_other_laws(student: Student, draw: Draw) -> None:
    """Other resistances and offsets, of either sign, large and small."""
    for r, c in ((draw.number(1.0, 5.0), draw.number(1.0, 5.0)), (draw.number(20.0, 60.0), draw.number(0.5, 1.0))):
        judge(student, *readings(draw, around_zero(draw, draw.integer(900, 1000)), sign(draw) * r, sign(draw) * c))


@check(zh="电流在 0.001 左右时也收敛", needs=("test_article",), weight=2)
def test_small_currents(student: Student, draw: Draw) -> None:
    """It converges where the currents are around 0.001."""
    for r in (draw.number(2.0, 4.0), draw.number(2000.0, 4000.0)):
        judge(student, *readings(draw, around_zero(draw, 1000, unit=1e-3), r, draw.number(1.0, 3.0) * sign(draw)))


@check(zh="电流在 1000 左右时也收敛", needs=("test_article",), weight=2)
def test_large_currents(student: Student, draw: Draw) -> None:
    """It converges where the currents are around 1000."""
    for r in (draw.number(0.002, 0.004), draw.number(2.0, 4.0)):
        judge(student, *readings(draw, around_zero(draw, 1000, unit=1e3), r, draw.number(1.0, 3.0) * sign(draw)))


@check(zh="电流全为正、远离零时也收敛", needs=("test_article",))
def test_positive_currents(student: Student, draw: Draw) -> None:
    """It converges where all currents are positive and away from zero, too."""
    for unit in (1.0, 1e-3, 1e3):
        current = unit * draw.uniform(1000, low=0.5, high=1.5)
        r, c = draw.number(2.0, 4.0) * sign(draw) / unit, draw.number(1.0, 3.0) * sign(draw)
        judge(student, *readings(draw, current, r, c))


@check(zh="读数的形状可以是 (n,) 或 (n, 1)，两者也可以不同", needs=("test_article",))
def test_shapes(student: Student, draw: Draw) -> None:
    """The readings are (n,) or (n, 1), and need not agree in that."""
    count = 1000
    for ours, theirs in (((count, 1),) * 2, ((count, 1), (count,)), ((count,), (count, 1))):
        current, voltage = readings(draw, around_zero(draw, count), draw.number(2.0, 4.0), draw.number(1.0, 3.0))
        judge(student, current.reshape(ours), voltage.reshape(theirs))


@check(zh="float64 的读数也行", needs=("test_article",))
def test_double(student: Student, draw: Draw) -> None:
    """Readings in float64 are fine."""
    current = around_zero(draw, 1000, 1, dtype=DOUBLE)
    judge(student, *readings(draw, current, draw.number(2.0, 4.0), draw.number(1.0, 3.0) * sign(draw)))


@check(zh="读数不被改动", needs=("test_article",))
def test_readings_stay(student: Student, draw: Draw) -> None:
    """The readings stay as they were."""
    for shape in ((100,), (100, 1)):
        current, voltage = readings(draw, draw.uniform(*shape, low=1.0, high=2.0), 3.3, draw.number(1.0, 3.0))
        before = current.clone(), voltage.clone()
        student.fit_ohms_law(current, voltage)
        assert_unchanged(current, before[0], "current", requires_grad=False)
        assert_unchanged(voltage, before[1], "voltage", requires_grad=False)


@check(zh="读数在别的设备上时，参数也建在那里", needs=("test_article",))
def test_device(student: Student, draw: Draw) -> None:
    """Where the readings lie on another device, the parameters are made there."""
    count = draw.integer(4, 8)
    with elsewhere(mistake="made_on_cpu") as device:
        student.run(fit_elsewhere, torch.empty(count, 1, device=device), torch.empty(count, 1, device=device))
