"""Checks of the explicit solution: against the judge's own, against training, and where inverses fail."""

from __future__ import annotations

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


def best(X: Tensor, y: Tensor) -> Fit:
    """Return the shortest of the best solutions, by the singular values of scaled and centred columns."""
    X, y = X.double(), y.double()
    mean_x, mean_y = X.mean(0), y.mean(0)
    size = (X - mean_x).norm(dim=0)
    U, S, Vh = torch.linalg.svd((X - mean_x) / size, full_matrices=False)
    kept = 1e-6 * S[0] < S
    w = Vh[kept].T @ ((U[:, kept].T @ (y - mean_y)) / S[kept, None]) / size[:, None]
    return w, mean_y - mean_x @ w


def data(draw: Draw, n: int, d: int, dtype: torch.dtype = torch.float32) -> Fit:
    """Return features that are correlated and not centred, and targets with noise and an offset."""
    X = draw.normal(n, d, dtype=DOUBLE) * draw.uniform(d, low=0.5, high=2.0, dtype=DOUBLE)
    X = X + draw.uniform(d, low=0.5, high=2.0, dtype=DOUBLE) + 0.7 * draw.normal(n, 1, dtype=DOUBLE)
    w = draw.uniform(d, 1, low=0.5, high=2.0, dtype=DOUBLE) * draw.normal(d, 1, dtype=DOUBLE).sign()
    y = X @ w + draw.uniform(1, low=3.0, high=6.0, dtype=DOUBLE) + draw.normal(n, 1, std=0.3, dtype=DOUBLE)
    return X.to(dtype), y.to(dtype)


def solved(student: Student, X: Tensor, y: Tensor, *, copy: bool = True) -> Fit:
    """Return the learner's w (d, 1) and b (1,), or fail where they are not two tensors of these shapes."""
    # Of copies, so that no change of them changes what is due.
    found = student.normal_equation(X.clone(), y.clone()) if copy else student.normal_equation(X, y)
    d = X.shape[1]
    if not (isinstance(found, tuple | list) and len(found) == 2):
        whole = isinstance(found, torch.Tensor) and found.numel() == d + 1
        kind = "None" if found is None else type(found).__name__
        fail(
            f"normal_equation returned {kind}; a pair (w, b) is due.",
            f"normal_equation 返回了 {kind}，应当返回一对 (w, b)。",
            mistake="not_split" if whole else None,
        )
    w, b = (assert_tensor(v, what=Text(f"{n}:", f"{n}：")) for v, n in zip(found, "wb", strict=True))
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


def assert_solution(found: Fit, X: Tensor, y: Tensor, said: Text, *, rtol: float = 1e-3, atol: float = 1e-4) -> None:
    """Fail unless weights and bias are the best ones, where there is only one best."""
    for name, value, due in zip("wb", found, best(X, y), strict=True):
        assert_close(
            value,
            due.to(value.dtype),
            rtol=rtol,
            atol=atol,
            what=Text(f"{said.en}, X {tuple(X.shape)}. {name}:", f"{said.zh}，X {tuple(X.shape)}。{name}："),
        )


@check(zh="没有噪声的直线：斜率和截距都准确")
def test_line(student: Student, draw: Draw) -> None:
    """Of a line without noise slope and intercept come out."""
    slope, offset = draw.number(1.0, 4.0) * draw.choice((-1.0, 1.0)), draw.number(2.0, 6.0)
    X = draw.uniform(8, 1, low=-1.0, high=3.0)
    w, b = solved(student, X, slope * X + offset)
    said = f"y = {slope:.4g}·x + {offset:.4g}"
    for name, value, due in (("w", w, torch.full((1, 1), slope)), ("b", b, torch.full((1,), offset))):
        what = Text(f"{said}. {name}:", f"{said}。{name}：")
        assert_close(value, due, rtol=1e-3, atol=1e-3, check_dtype=False, what=what)


@check(zh="d 个特征、有噪声：正是误差平方和最小的 w 和 b", needs=("test_line",), weight=2)
def test_features(student: Student, draw: Draw) -> None:
    """With d features and noise it finds the very w and b of the least squares."""
    for n, d in ((12, 3), (10, 2), (5, 4), (60, 6), (2, 1)):
        X, y = data(draw, n, d)
        if n == d + 1:
            # As many examples as unknowns: rows far from one another, or rounding would decide.
            X = X.mean(0) + 2 * torch.linalg.qr(X - X.mean(0))[0] * (1 + draw.uniform(d))
        what = Text("With noise", "有噪声")
        w, b = solved(student, X, y)
        assert_solution((w.float(), b.float()), X, y, what)


@check(zh="与训练很久的结果一致，也与文章里的数一致", needs=("test_features",))
def test_training(student: Student, draw: Draw) -> None:
    """It agrees with long training, and with the numbers of the articles."""
    truth, offset = torch.tensor([[2.0], [-3.4]]), 4.2
    X = draw.normal(1000, 2)
    y = X @ truth + offset + draw.normal(1000, 1, std=0.01)
    w, b = solved(student, X, y)
    # The error is about 0.01/√1000 = 0.0003; one of 0.01 would be thirty times that.
    for name, value, due in (("w", w, truth), ("b", b, torch.tensor([offset]))):
        what = Text(
            f"1,000 examples of article 002, w = (2, −3.4), b = 4.2. {name}:",
            f"文章 002 的 1000 个样本，w = (2, −3.4)，b = 4.2。{name}：",
        )
        assert_close(value, due, rtol=0.0, atol=0.01, check_dtype=False, what=what)
    p = torch.zeros(3, 1, dtype=DOUBLE)
    A = torch.cat([X, torch.ones(1000, 1)], dim=1).double()
    for _ in range(60):  # the slowest direction shrinks by more than half each time
        p = p - 0.7 * A.T @ (A @ p - y) / len(A)
    for name, value, due in (("w", w, p[:2]), ("b", b, p[2])):
        what = Text(f"{name} beside that of 60 steps of gradient descent:", f"{name}，与梯度下降 60 步的结果相比：")
        assert_close(value, due, rtol=1e-4, atol=1e-4, check_dtype=False, what=what)
    x = torch.linspace(-1.0, 1.0, 100).reshape(-1, 1)
    y = 3 * x + 10 + draw.uniform(100, 1)
    w, b = solved(student, x, y)
    assert_solution((w.float(), b.float()), x, y, Text("y = 3x + 10 + noise from [0, 1)", "y = 3x + 10 + [0, 1) 噪声"))


def explain(found: Fit, columns: list[int]) -> str | None:
    """Return the mistake behind a wrong solution for equal columns, told by what it gave to all of a kind.

    The rank-revealing solvers give them the same weight even where they take the rank for too small.
    """
    w = found[0].double().flatten()
    if all(
        abs(w[i] - w[j]) <= 1e-3 * max(abs(w[i]), abs(w[j]), 1e-3)
        for j in range(len(columns))
        for i in range(j)
        if columns[i] == columns[j]
    ):
        return "gelsy_default"
    return "inverse_taken"


@check(zh="有完全相同的列时，预测仍是最好的", needs=("test_features",), weight=2)
def test_equal_columns(student: Student, draw: Draw) -> None:
    """Where columns are exactly equal the predictions are still the best."""
    for index in range(10):
        X, y = data(draw, 12, 3, DOUBLE if index % 2 else torch.float32)
        # One pair, or three of a kind; the copy is last or first.
        columns = ([0, 1, 2, 0], [0, 1, 2, 1, 1], [2, 0, 1, 2], [1, 0, 1, 2], [0, 1, 2, 1])[index // 2]
        twins = next((i, j) for j in range(len(columns)) for i in range(j) if columns[i] == columns[j])
        X = X[:, columns].contiguous()
        en, zh = (
            f"X {tuple(X.shape)} has equal columns ({twins[0]} and {twins[1]})",
            f"X {tuple(X.shape)} 的第 {twins[0]} 列和第 {twins[1]} 列相同",
        )
        try:
            w, b = solved(student, X, y)
        except LearnerError as error:
            if "singular" not in error.failure.message and "full rank" not in error.failure.message:
                raise
            fail(
                f"{en}, and your code raised: {error.failure.message[:150]}",
                f"{zh}，你的代码报错：{error.failure.message[:150]}",
                mistake="inverse_taken",
            )
        due_w, due_b = best(X, y)
        due, found = X.double() @ due_w + due_b, X.double() @ w.double() + b.double()
        what = Text(f"{en}. The predictions of your w and b:", f"{zh}。用你的 w 和 b 得到的预测：")
        assert_close(found, due, rtol=1e-3, atol=2e-3, what=what, mistake=explain((w, b), columns))


@check(zh="float64 保持 float64，不丢精度；X 和 y 保持原样", needs=("test_features",))
def test_double(student: Student, draw: Draw) -> None:
    """float64 stays float64 with all its digits, and X and y stay as they are."""
    for dtype in (torch.float32, DOUBLE):
        X, y = data(draw, 12, 3, dtype)
        # Beside an offset of a million float32 has no digits left for the slope.
        y = y + 1e6 if dtype == DOUBLE else y
        before, wanted = (X.clone(), y.clone()), best(X, y)
        w, b = solved(student, X, y, copy=False)
        assert_unchanged(X, before[0], "X", mistake="centred_in_place")
        assert_unchanged(y, before[1], "y", mistake="centred_in_place")
        for name, value in (("w", w), ("b", b)):
            due, got = (str(t.dtype).removeprefix("torch.") for t in (X, value))
            named = "always_single" if got == "float32" else "always_double" if got == "float64" else None
            expect(
                value.dtype == dtype,
                f"X and y are {due}, and {name} is {got}.",
                f"X 和 y 是 {due}，{name} 却是 {got}。",
                mistake=named,
            )
    for name, value, due in (("w", w, wanted[0]), ("b", b, wanted[1])):
        # What was float32 on its way has the digits of float32 only.
        single = torch.equal(value.float().double(), value)
        what = Text(f"float64, y around a million. {name}:", f"float64，y 在一百万左右。{name}：")
        assert_close(value, due, rtol=1e-9, atol=2e-4, what=what, mistake="always_single" if single else None)


@check(zh="各列大小相差悬殊时，每个权重仍然准确", needs=("test_double",), weight=2)
def test_badly_scaled(student: Student, draw: Draw) -> None:
    """Where columns differ widely in size every weight is still right."""
    for dtype, sizes, rtol in (
        (DOUBLE, (1e-4, 1.0, 1e5), 1e-4),
        (torch.float32, (1e-2, 1.0, 1e2), 1e-2),
        (DOUBLE, (1e4, 1e-4, 1.0), 1e-4),
    ):
        scale = torch.tensor(sizes, dtype=dtype)
        X, y = data(draw, 20, 3, dtype)
        X = X * scale
        w, b = solved(student, X, y)
        due_w, due_b = best(X, y)
        said = Text(f"Columns of sizes {sizes}", f"各列的大小约为 {sizes}")
        what = Text(f"{said.en}. w times these sizes:", f"{said.zh}。w 乘以这些大小：")
        assert_close(
            w.double() * scale[:, None].double(), due_w * scale[:, None].double(), rtol=rtol, atol=rtol, what=what
        )
        what = Text(f"{said.en}. b:", f"{said.zh}。b：")
        assert_close(b.double(), due_b, rtol=rtol, atol=rtol, what=what)


@check(zh="数据在哪个设备上，结果就在哪个设备上", needs=("test_features",))
def test_device(student: Student, draw: Draw) -> None:
    """Weights and bias lie on the device of the data."""
    n, d = draw.integer(6, 9), draw.integer(2, 4)
    with elsewhere(mistake="cpu_ones") as device:
        found = student.normal_equation(torch.empty(n, d, device=device), torch.empty(n, 1, device=device))
        for value, name in zip(found, "wb", strict=True):
            assert_device(value, device, what=Text(f"{name}:", f"{name}："))
