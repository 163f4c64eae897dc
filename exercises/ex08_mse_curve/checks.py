"""Checks of the loss curve: the article's table, any data, one of everything, nothing, precision, device."""

from __future__ import annotations

import torch

from grader.judge import (
    Draw,
    Student,
    Text,
    assert_close,
    assert_device,
    assert_shape,
    assert_unchanged,
    check,
    elsewhere,
    expect,
)

# Article 003 prints these for w = 0.0, 0.1, … 0.6.
TABLE = (18.6666666667, 16.8466666667, 15.12, 13.4866666667, 11.9466666667, 10.5, 9.14666666667)


def due(xs: torch.Tensor, ys: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Return the right curve, weight by weight. Ask before the call: code that changes its arguments changes these."""
    errors = weights.double().reshape(-1, 1) * xs.double() - ys.double()
    return (errors**2).mean(dim=1).to(weights.dtype)


def data(draw: Draw, count: int, dtype: torch.dtype = torch.float32) -> tuple[torch.Tensor, torch.Tensor]:
    """Return inputs away from zero and labels that lie on no line through the origin."""
    xs = draw.uniform(count, low=0.5, high=3.0, dtype=dtype) * draw.normal(count, dtype=dtype).sign()
    return xs, draw.normal(count, std=3.0, dtype=dtype)


def sizes(xs: torch.Tensor, weights: torch.Tensor) -> Text:
    """Return how many examples and weights a call had."""
    return Text(
        en=f"Examples: {len(xs)}, weights: {len(weights)}.",
        zh=f"样本数：{len(xs)}，权重个数：{len(weights)}。",
    )


def assert_curve(student: Student, xs: torch.Tensor, ys: torch.Tensor, weights: torch.Tensor) -> None:
    """Fail unless the curve of these data is right."""
    wanted = due(xs, ys, weights)
    curve = student.mse_curve(xs, ys, weights)
    _refuse_list(curve)
    # A parabola of three coefficients is right as well, and rounds the small losses a little more.
    assert_close(curve, wanted, atol=1e-4, what=sizes(xs, weights))


def _refuse_list(curve: object) -> None:
    expect(
        not isinstance(curve, list),
        "A list came back where a tensor is due.",
        "应当返回张量，得到的却是列表。",
        mistake="list_returned",
    )


@check(zh="x = 1, 2, 3，y = 2, 4, 6：文章 003 中 w = 0.0 到 0.6 的误差表")
def test_table(student: Student) -> None:
    """For x = 1, 2, 3 and y = 2, 4, 6 comes the table of article 003, w = 0.0 to 0.6."""
    xs, ys = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([2.0, 4.0, 6.0])
    weights = torch.tensor([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    curve = student.mse_curve(xs, ys, weights)
    _refuse_list(curve)
    assert_close(curve, torch.tensor(TABLE))


@check(zh="任意数据、任意权重：每个权重一个均方误差，顺序不变", weight=2)
def test_any_data(student: Student, draw: Draw) -> None:
    """Any data, any weights: one mean squared error for each weight, in their order."""
    count, tries = draw.integer(4, 6), draw.integer(7, 10)
    # Twice in one shape: nothing of the first call may stay for the second.
    for _ in range(2):
        assert_curve(student, *data(draw, count), draw.normal(tries, std=2.0))


@check(zh="样本可以比权重多、一样多，也可以只有一个样本或一个权重", needs=("test_any_data",), weight=2)
def test_sizes(student: Student, draw: Draw) -> None:
    """There may be more examples than weights, as many, or one of either."""
    several = draw.integer(4, 6)
    for count, tries in ((several + 5, 3), (several, several), (several, 1), (1, several), (1, 1)):
        assert_curve(student, *data(draw, count), draw.normal(tries, std=2.0))


@check(zh="没有权重时，返回形状为 (0,) 的空张量", needs=("test_any_data",))
def test_no_weights(student: Student, draw: Draw) -> None:
    """Where no weights are given, the result is empty, of shape (0,)."""
    xs, ys = data(draw, 3)
    weights = torch.empty(0)
    assert_shape(student.mse_curve(xs, ys, weights), (0,), what=sizes(xs, weights))


@check(zh="从 0.0 到 4.0 逐一试过来，损失在真正的斜率处最小", needs=("test_any_data",))
def test_sweep(student: Student, draw: Draw) -> None:
    """In a sweep from 0.0 to 4.0 the loss is smallest at the true slope."""
    weights = torch.linspace(0.0, 4.0, 41)
    other = draw.choice([at for at in range(5, 36) if at != 20])
    for at in (20, other):  # the article's data lie on y = 2x, the others on another line
        slope = at / 10
        xs = torch.tensor([1.0, 2.0, 3.0]) if at == 20 else draw.uniform(4, low=1.0, high=3.0)
        ys = slope * xs
        wanted = due(xs, ys, weights)
        curve = student.mse_curve(xs, ys, weights)
        what = Text(
            en=f"The data lie on y = {slope:g}·x; the sweep is w = 0.0, 0.1, … 4.0:",
            zh=f"数据在直线 y = {slope:g}·x 上，w 依次取 0.0、0.1、……、4.0：",
        )
        lowest = int(assert_shape(curve, (41,), what=what).argmin())
        expect(
            lowest == at,
            f"The data lie on y = {slope:g}·x, but the smallest loss of the sweep is at w = {lowest / 10:g}.",
            f"数据在直线 y = {slope:g}·x 上，损失却在 w = {lowest / 10:g} 处最小。",
        )
        assert_close(curve, wanted, atol=1e-4, what=what)


@check(zh="float64 的输入得到 float64 的结果，精度不丢", needs=("test_any_data",))
def test_double(student: Student, draw: Draw) -> None:
    """Double precision goes in and comes out."""
    xs, ys = data(draw, draw.integer(4, 6), torch.float64)
    weights = draw.normal(draw.integer(7, 10), std=2.0, dtype=torch.float64)
    wanted = due(xs, ys, weights)
    result = student.mse_curve(xs, ys, weights)
    # float32 is off by 1e-8 to 1e-7, float64 by 1e-15.
    rough = isinstance(result, torch.Tensor) and result.shape == wanted.shape
    near = rough and torch.allclose(result.double(), wanted, rtol=1e-4, atol=1e-4)
    assert_close(result, wanted, rtol=1e-10, atol=1e-10, mistake="always_single" if near else None)


@check(zh="三个参数都不被改动", needs=("test_any_data",))
def test_inputs_stay(student: Student, draw: Draw) -> None:
    """None of the three arguments is changed."""
    # As many weights as examples, or an in-place operation would not fit.
    xs, ys = data(draw, 4)
    given = {"xs": xs, "ys": ys, "weights": draw.normal(4)}
    before = {name: tensor.clone() for name, tensor in given.items()}
    student.mse_curve(*given.values())
    for name, tensor in given.items():
        assert_unchanged(tensor, before[name], name, requires_grad=False)


@check(zh="张量不在 CPU 上时，结果也在它们所在的设备上", needs=("test_any_data",))
def test_device(student: Student) -> None:
    """Where the tensors are not on the CPU, the result is where they are."""
    with elsewhere(mistake="made_on_cpu") as device:
        xs, ys, weights = (torch.empty(size, device=device) for size in (3, 3, 5))
        assert_device(student.mse_curve(xs, ys, weights), device)
