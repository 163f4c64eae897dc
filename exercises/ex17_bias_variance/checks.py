"""Checks of the features, of the penalised fit, of the diagnosis, and of all three on one set of data."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import torch

from grader.judge import (
    Draw,
    LearnerError,
    Student,
    Text,
    assert_close,
    assert_device,
    assert_tensor,
    assert_unchanged,
    check,
    elsewhere,
    expect,
    fail,
)

if TYPE_CHECKING:
    from torch import Tensor

DOUBLE = torch.float64
Fit = tuple[torch.Tensor, torch.Tensor]


def powers(x: Tensor, degree: int) -> Tensor:
    """Return x¹ … x^degree as columns."""
    return torch.stack([x.flatten() ** k for k in range(1, degree + 1)], dim=1)


def best(X: Tensor, y: Tensor, decay: float) -> Fit:
    """Return the weights and the intercept that are due, in float64."""
    X, y = X.double(), y.double()
    mean_x, mean_y = X.mean(0), y.mean(0)
    X, y = X - mean_x, y - mean_y
    w = torch.linalg.solve(X.T @ X + decay * torch.eye(X.shape[1], dtype=DOUBLE), X.T @ y)
    return w, mean_y - mean_x @ w


def features(student: Student, x: Tensor, degree: int) -> object:
    """Return the learner's features of flat numbers; of a column where the code takes only that."""
    column, due = x.reshape(-1, 1), (len(x), degree)
    try:
        found = student.polynomial_features(x, degree)
    except LearnerError:
        return student.polynomial_features(column, degree)
    if isinstance(found, torch.Tensor) and tuple(found.shape) == due:
        return found
    with contextlib.suppress(LearnerError):
        other = student.polynomial_features(column, degree)
        if isinstance(other, torch.Tensor) and tuple(other.shape) == due:
            return other
    return found


@check(zh="特征是 x¹、x²……x^degree，每个占一列")
def test_features(student: Student, draw: Draw) -> None:
    """The features are x¹, x², … x^degree, a column each."""
    for degree in (3, 2, 5):
        x = draw.uniform(7, low=0.5, high=1.5)
        due = powers(x, degree)
        what = Text(
            en=f"polynomial_features of {len(x)} numbers, x[0] = {x[0].item():.4g}, degree {degree}:",
            zh=f"{len(x)} 个数（x[0] = {x[0].item():.4g}）、degree 为 {degree} 时的 polynomial_features：",
        )
        assert_close(features(student, x, degree), due, check_dtype=False, what=what)


@check(zh="负数、零、单个数、一次多项式、float64 都行，x 保持原样", needs=("test_features",))
def test_features_edges(student: Student, draw: Draw) -> None:
    """Negative numbers, zero, one number alone, degree 1 and float64 work, and x stays."""
    for x, degree, en, zh in (
        (
            torch.cat([-draw.uniform(4, low=0.5, high=1.5), torch.zeros(1)]),
            3,
            "Negative numbers and a zero",
            "负数和零",
        ),
        (draw.normal(1), 4, "One number alone", "只有一个数"),
        (draw.normal(6), 1, "Degree 1", "一次"),
        (draw.normal(4), 4, "As many numbers as powers", "数的个数与次数相同"),
        (draw.normal(5, dtype=DOUBLE), 6, "float64", "float64"),
    ):
        before, due = x.clone(), powers(x, degree)
        found = features(student, x, degree)
        assert_unchanged(x, before, "x", mistake="x_overwritten")
        rounded = isinstance(found, torch.Tensor) and found.shape == due.shape and x.dtype == DOUBLE
        single = rounded and torch.allclose(found.double(), due, rtol=1e-4, atol=1e-4)
        near = {"rtol": 1e-12, "atol": 1e-12} if x.dtype == DOUBLE else {}
        what = Text(en=f"{en}, degree {degree}:", zh=f"{zh}，degree 为 {degree}：")
        assert_close(found, due, what=what, mistake="features_single" if single else None, **near)


def fitted(student: Student, X: Tensor, y: Tensor, decay: float, *, copy: bool = True) -> Fit:
    """Return the learner's w (d, 1) and b (1,), or fail where they are not two tensors of these shapes."""
    # Of copies, so that no change of them changes what is due.
    found = student.ridge(X.clone(), y.clone(), decay) if copy else student.ridge(X, y, decay)
    if not (isinstance(found, tuple | list) and len(found) == 2):
        kind = "None" if found is None else type(found).__name__
        fail(f"ridge returned {kind}; a pair (w, b) is due.", f"ridge 返回了 {kind}，应当返回一对 (w, b)。")
    d = X.shape[1]
    w, b = (assert_tensor(v, what=Text(f"{n} of ridge:", f"ridge 的 {n}：")) for v, n in zip(found, "wb", strict=True))
    shapes = tuple(w.shape), tuple(b.shape)
    named = None
    if shapes == ((1,), (d, 1)):
        named = "pair_swapped"
    elif shapes[0] == (d,):
        named = "w_flat"
    elif shapes[0] == (d, 1) and b.numel() == 1:
        named = "b_shape"
    expect(
        shapes == ((d, 1), (1,)),
        f"X has shape {tuple(X.shape)}: w came back as {shapes[0]} and b as {shapes[1]}; ({d}, 1) and (1,) are due.",
        f"X 的形状是 {tuple(X.shape)}：返回的 w 是 {shapes[0]}，b 是 {shapes[1]}；应当是 ({d}, 1) 和 (1,)。",
        mistake=named,
    )
    return w, b


def assert_fit(
    found: Fit, X: Tensor, y: Tensor, decay: float, *, rtol: float = 1e-3, atol: float = 1e-4, said: Text | None = None
) -> None:
    """Fail unless weights and intercept are those that minimise the penalised loss."""
    for name, value, due in zip("wb", found, best(X, y, decay), strict=True):
        head = Text(f"X {tuple(X.shape)}, weight_decay={decay:.4g}", f"X {tuple(X.shape)}，weight_decay={decay:.4g}")
        if said:
            head = Text(f"{said.en}: {head.en}", f"{said.zh}：{head.zh}")
        assert_close(
            value,
            due.to(X.dtype),
            rtol=rtol,
            atol=atol,
            check_dtype=False,
            what=Text(f"{head.en}. {name}:", f"{head.zh}。{name}："),
        )


def data(draw: Draw, n: int, d: int, dtype: torch.dtype = torch.float32) -> Fit:
    """Return features whose means are not zero, and targets with noise and an offset."""
    X = draw.normal(n, d, dtype=DOUBLE) * draw.uniform(d, low=0.5, high=2.0, dtype=DOUBLE)
    X = X + draw.uniform(d, low=0.5, high=2.0, dtype=DOUBLE)
    w = draw.uniform(d, 1, low=0.5, high=2.0, dtype=DOUBLE) * draw.normal(d, 1).sign()
    y = X @ w + draw.uniform(1, low=3.0, high=6.0, dtype=DOUBLE) + draw.normal(n, 1, std=0.3, dtype=DOUBLE)
    return X.to(dtype), y.to(dtype)


@check(zh="ridge 求出使 ‖y − Xw − b‖² + weight_decay · ‖w‖² 最小的 w 和 b", weight=2)
def test_ridge(student: Student, draw: Draw) -> None:
    """Ridge minimises ‖y − Xw − b‖² + weight_decay · ‖w‖²."""
    for n, d, decay in ((12, 3, draw.number(2.0, 5.0)), (9, 2, draw.number(0.3, 0.8)), (10, 4, draw.number(8.0, 20.0))):
        X, y = data(draw, n, d)
        assert_fit(fitted(student, X, y, decay), X, y, decay)


@check(zh="截距不受惩罚：y 整体平移，只有 b 跟着平移", needs=("test_ridge",), weight=2)
def test_intercept(student: Student, draw: Draw) -> None:
    """The intercept is not penalised: where y is shifted, b follows and nothing else does."""
    X, y = data(draw, 12, 3)
    decay, shift = draw.number(2.0, 5.0), draw.number(100.0, 200.0)
    w, b = fitted(student, X, y, decay)
    shifted, moved = fitted(student, X, y + shift, decay)
    what = Text(f"w after every y was made larger by {shift:.4g}:", f"每个 y 都加上 {shift:.4g} 之后的 w：")
    assert_close(shifted, w, rtol=1e-3, atol=1e-3, check_dtype=False, what=what)
    what = Text(f"b after every y was made larger by {shift:.4g}:", f"每个 y 都加上 {shift:.4g} 之后的 b：")
    assert_close(moved, b + shift, rtol=1e-4, atol=1e-3, check_dtype=False, what=what)
    heavy = 1e6
    w, b = fitted(student, X, y, heavy)
    assert_fit((w, b), X, y, heavy, said=Text("An enormous penalty leaves the mean of y", "惩罚极大时只剩 y 的均值"))


@check(zh="特殊情形：weight_decay 为 0、特征比样本多、列重复、单个特征、单个样本", needs=("test_ridge",))
def test_extremes(student: Student, draw: Draw) -> None:
    """No penalty, more features than examples, equal columns, one feature and one example all work."""
    plain, wide, lone, one = data(draw, 12, 3), data(draw, 4, 6), data(draw, 9, 1), data(draw, 1, 2)
    X, y = data(draw, 10, 3)
    twins = torch.cat([X, X[:, :1]], dim=1), y
    for (X, y), decay, en, zh in (
        (plain, 0, "No penalty: least squares", "没有惩罚，就是最小二乘"),
        (plain, 2, "A penalty given as an int", "惩罚是 int"),
        (wide, draw.number(0.5, 2.0), "More features than examples", "特征比样本多"),
        (twins, draw.number(0.5, 2.0), "Two equal columns", "有两列相同"),
        (lone, draw.number(0.5, 2.0), "One feature", "只有一个特征"),
        (one, draw.number(0.5, 2.0), "One example", "只有一个样本"),
    ):
        assert_fit(fitted(student, X, y, decay), X, y, decay, said=Text(en, zh))


@check(zh="float64 保持 float64，不丢精度；X 和 y 保持原样", needs=("test_ridge",))
def test_double(student: Student, draw: Draw) -> None:
    """float64 stays float64 with all its digits, and X and y stay as they are."""
    for dtype in (torch.float32, DOUBLE):
        X, y = data(draw, 12, 3, dtype)
        # Beside an offset of a million float32 has no digits left for the slope.
        y = y + 1e6 if dtype == DOUBLE else y
        before, decay = (X.clone(), y.clone()), draw.number(2.0, 5.0)
        wanted = best(X, y, decay)
        w, b = fitted(student, X, y, decay, copy=False)
        assert_unchanged(X, before[0], "X", mistake="centred_in_place")
        assert_unchanged(y, before[1], "y", mistake="centred_in_place")
        for name, value in (("w", w), ("b", b)):
            due, got = (str(t.dtype).removeprefix("torch.") for t in (X, value))
            expect(
                value.dtype == dtype,
                f"X and y are {due}, and {name} is {got}.",
                f"X 和 y 是 {due}，{name} 却是 {got}。",
                mistake="ridge_single" if dtype == DOUBLE else None,
            )
    for name, value, due in (("w", w, wanted[0]), ("b", b, wanted[1])):
        # What was float32 on its way has the digits of float32 only.
        single = torch.equal(value.float().double(), value)
        what = Text(f"float64, y around a million. {name}:", f"float64，y 在一百万左右。{name}：")
        assert_close(value, due, rtol=1e-9, atol=2e-4, what=what, mistake="ridge_single" if single else None)


WORDS = ("high bias", "high variance", "good")


@check(zh="诊断先看训练误差，再看验证误差，恰好等于目标不算超过", weight=2)
def test_diagnose(student: Student, draw: Draw) -> None:
    """The diagnosis looks at the training error first, then at the validation error; equal is not above."""
    target = draw.number(0.5, 2.0)
    low, lower, high, higher = target * 0.8, target * 0.1, target * 1.3, target * 3.5
    cases = (
        (low, high, 1),
        (high, low, 0),
        (high, higher, 0),
        (lower, low, 2),
        (higher, high, 0),
        (higher, low, 0),
        (lower, higher, 1),
        (low, lower, 2),
        (target, low, 2),
        (low, target, 2),
        (target, target, 2),
        (target, high, 1),
        (high, target, 0),
        (low, target * 1.01, 1),
        (target * 1.01, target * 1.02, 0),
    )
    for train, validation, index in cases:
        found, due = student.diagnose(train, validation, target), WORDS[index]
        said = f"{found!r:.40}" if isinstance(found, str | int | float | bool | None) else type(found).__name__
        other = isinstance(found, str) and found not in WORDS
        expect(
            isinstance(found, str) and found == due,
            f'Training error {train:.4g}, validation error {validation:.4g}, target {target:.4g}: "{due}" is due, '
            f"and diagnose returned {said}.",
            f"训练误差 {train:.4g}，验证误差 {validation:.4g}，目标 {target:.4g}：应当是 “{due}”，"
            f"diagnose 返回的是 {said}。",
            mistake="other_words" if other else None,
        )


MODELS = ((1, 1e-6), (9, 1e-6), (9, 0.05))


def errors(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> float:
    """Return the mean squared error of a fit."""
    return ((X @ w + b - y) ** 2).mean().item()


def story(draw: Draw) -> tuple[Tensor, Tensor, Tensor, Tensor, float]:
    """Return noisy points to train and to validate on, and a target that the three models meet in three ways.

    More than half of all draws are such a case, with every error at least a tenth away from the target.
    """
    x = unseen = y = truth = torch.zeros(0)
    target = 0.0
    for _ in range(200):
        x, unseen = draw.uniform(12, low=-1.0, high=1.0, dtype=DOUBLE), torch.linspace(-1.0, 1.0, 41, dtype=DOUBLE)
        y, truth = (torch.sin(3 * each).reshape(-1, 1) for each in (x, unseen))
        y = y + draw.normal(12, 1, std=0.15, dtype=DOUBLE)
        truth = truth + draw.normal(41, 1, std=0.15, dtype=DOUBLE)
        pairs = []
        for degree, decay in MODELS:
            w, b = best(powers(x, degree), y, decay)
            pairs.append((errors(powers(x, degree), y, w, b), errors(powers(unseen, degree), truth, w, b)))
        stiff, supple, between = pairs
        target = (stiff[0] * max(between)) ** 0.5
        if 1.1 * max(*between, supple[0]) < target < 0.9 * min(stiff[0], supple[1]):
            break
    return x, y, unseen, truth, target


@check(
    zh="合在一起：一次多项式欠拟合，九次过拟合，九次加正则化正合适",
    needs=("test_features_edges", "test_double", "test_diagnose"),
)
def test_trade(student: Student, draw: Draw) -> None:
    """Together: degree 1 underfits, degree 9 overfits, degree 9 with weight decay is good."""
    x, y, unseen, truth, target = story(draw)
    for (degree, decay), due in zip(MODELS, WORDS, strict=True):
        seen, new = (assert_tensor(features(student, each, degree)) for each in (x, unseen))
        w, b = fitted(student, seen, y, decay)
        train, validation = errors(powers(x, degree), y, w, b), errors(powers(unseen, degree), truth, w, b)
        assert_close(new, powers(unseen, degree), rtol=1e-6, atol=1e-8, check_dtype=False)
        right = best(powers(x, degree), y, decay)
        for en, zh, found, wanted in (
            ("training", "训练", train, errors(powers(x, degree), y, *right)),
            ("validation", "验证", validation, errors(powers(unseen, degree), truth, *right)),
        ):
            expect(
                abs(found - wanted) <= 1e-3 * wanted,
                f"Degree {degree}, weight_decay={decay}: the {en} error of your fit is {found:.5g}, {wanted:.5g} is due.",
                f"degree 为 {degree}、weight_decay={decay}：你的拟合的{zh}误差是 {found:.5g}，应当是 {wanted:.5g}。",
            )
        said = student.diagnose(train, validation, target)
        expect(
            said == due if isinstance(said, str) else False,
            f"Degree {degree}, weight_decay={decay}: training error {train:.4g}, validation error {validation:.4g}, "
            f'target {target:.4g}. "{due}" is due.',
            f"degree 为 {degree}、weight_decay={decay}：训练误差 {train:.4g}，验证误差 {validation:.4g}，"
            f"目标 {target:.4g}。应当是 “{due}”。",
        )


@check(zh="张量在哪个设备上，结果就在哪个设备上", needs=("test_features", "test_ridge"))
def test_device(student: Student, draw: Draw) -> None:
    """Features and fit lie on the device of their inputs."""
    n, d = draw.integer(6, 9), draw.integer(2, 4)
    with elsewhere(mistake="cpu_tensors") as device:
        found = student.ridge(torch.empty(n, d, device=device), torch.empty(n, 1, device=device), 1.0)
        for value, name in zip(found, "wb", strict=True):
            assert_device(value, device, what=Text(f"{name} of ridge:", f"ridge 的 {name}："))
        assert_device(student.polynomial_features(torch.empty(n, device=device), d), device)
