"""Checks of the start of a two-layer net: its shapes, its spread, its training, and units that never part.

Bounds on random numbers: with n of them the standard deviation is off by 1/√(2n) of itself and the
mean by 0.01/√n. More than seven times that is allowed; of 20,000 seeds none used up half of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from grader.judge import (
    Draw,
    Student,
    Text,
    assert_close,
    assert_shape,
    assert_tensor,
    assert_unchanged,
    check,
    expect,
    fail,
)
from grader.judge.student import NumpyValue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

NAMES = ("W1", "b1", "W2", "b2")
STD = 0.01


def shapes(num_inputs: int, num_hidden: int) -> tuple[tuple[int, ...], ...]:
    """Return the shapes of the four parameters."""
    return (num_hidden, num_inputs), (num_hidden,), (1, num_hidden), (1,)


def made(student: Student, num_inputs: int, num_hidden: int) -> list[Tensor]:
    """Return the four parameters, or fail where they are not four tensors of the right shapes."""
    found, call = student.init_params(num_inputs, num_hidden), f"init_params({num_inputs}, {num_hidden})"
    if not (isinstance(found, tuple | list) and len(found) == 4):
        got = f"{len(found)} values" if isinstance(found, tuple | list) else type(found).__name__
        gotten = f"{len(found)} 个值" if isinstance(found, tuple | list) else type(found).__name__
        fail(
            f"{call} returned {got}; four tensors are due, (W1, b1, W2, b2).",
            f"{call} 返回了 {gotten}；应当返回四个张量 (W1, b1, W2, b2)。",
        )
    due = shapes(num_inputs, num_hidden)
    what = [Text(en=f"{name} of {call}:", zh=f"{call} 的 {name}：") for name in NAMES]
    got = [tuple(assert_tensor(value, what=said).shape) for value, said in zip(found, what, strict=True)]
    named = None
    if got != list(due):
        weights, bias, row, one = due
        turned = {
            "order_swapped": [weights, row, bias, one],
            "transposed": [weights[::-1], bias, row, one],
            "w2_column": [weights, bias, row[::-1], one],
            "w2_flat": [weights, bias, bias, one],
            "scalar_bias": [weights, bias, row, ()],
        }
        named = next((id_ for id_, wrong in turned.items() if got == wrong), None)
    for value, shape, said in zip(found, due, what, strict=True):
        assert_shape(value, shape, what=said, mistake=named)
    return list(found)


def equal_rows(weight: Tensor) -> int:
    """Return how many rows are equal to an earlier one."""
    rows = [tuple(row) for row in weight.tolist()]
    return len(rows) - len(set(rows))


@check(zh="四个张量 (W1, b1, W2, b2)，形状正确，float32")
def test_shapes(student: Student, draw: Draw) -> None:
    """There are four tensors (W1, b1, W2, b2) of the right shapes, in float32."""
    # The first two sizes differ, so that nothing can be mixed up; the others are the smallest.
    num_inputs = draw.integer(2, 4)
    for size in ((num_inputs, num_inputs + draw.integer(2, 4)), (1, 1), (1, 3), (3, 1)):
        for name, value in zip(NAMES, made(student, *size), strict=True):
            dtype = str(value.dtype).removeprefix("torch.")
            expect(
                value.dtype == torch.float32,
                f"init_params{size}: {name} is {dtype}; float32 is due, as in a layer of nn.",
                f"init_params{size} 的 {name} 是 {dtype}；应当是 float32，与 nn 的层一样。",
                mistake="numpy_double" if value.dtype == torch.float64 else None,
            )


@check(zh="偏置从零开始", needs=("test_shapes",))
def test_biases(student: Student, draw: Draw) -> None:
    """The biases begin at zero."""
    _, b1, _, b2 = made(student, draw.integer(2, 4), draw.integer(5, 8))
    for name, value in (("b1", b1), ("b2", b2)):
        what = Text(en=f"{name} at the start:", zh=f"一开始的 {name}：")
        assert_close(value, torch.zeros(value.shape), rtol=0.0, atol=0.0, what=what, mistake="biases_not_zero")


@check(zh="每个隐藏单元从不同的权重开始", needs=("test_shapes",), weight=2)
def test_units_differ(student: Student, draw: Draw) -> None:
    """Every hidden unit begins with other weights than the rest."""
    # Two rows of at least two normal float32 numbers are equal once in 10¹² pairs or less.
    for size in ((draw.integer(2, 4), draw.integer(5, 9)), (30, 20)):
        W1 = made(student, *size)[0]
        again = equal_rows(W1)
        named = "same_row"
        if not W1.any():
            named = "zeros"
        elif W1.min() == W1.max():
            named = "constant"
        expect(
            not again,
            f"init_params{size}: {again} of the {size[1]} rows of W1 repeat an earlier row. "
            f"Such units get the same gradient at every step, and never part.",
            f"init_params{size}：W1 的 {size[1]} 行里有 {again} 行与前面的某一行相同。"
            f"这样的单元每一步得到的梯度都一样，永远分不开。",
            mistake=named,
        )


@check(zh="W1 和 W2 服从均值 0、标准差 0.01 的正态分布", needs=("test_units_differ",), weight=2)
def test_normal(student: Student, draw: Draw) -> None:
    """W1 and W2 are normal with mean 0 and standard deviation 0.01."""
    wide = made(student, 100 + draw.integer(0, 9), 60 + draw.integer(0, 9))
    # Many units on few inputs: W2 alone has 4,000 numbers.
    long = made(student, 3, 4000 + draw.integer(0, 9))
    inputs = wide[0].shape[1]
    for name, weight in (("W1", wide[0]), ("W1", long[0]), ("W2", long[2])):
        numbers = weight.double()
        mean, std = numbers.mean().item(), numbers.std().item()
        # 3 for a normal distribution, 1.8 for a uniform one; 4,000 normal numbers are off by 0.08.
        peak = ((numbers - mean) ** 4).mean().item() / max(std, 1e-30) ** 4
        said = f"{weight.numel()} numbers of {name} have mean {mean:.2g} and standard deviation {std:.3g}"
        told = f"{name} 的 {weight.numel()} 个数，均值 {mean:.2g}，标准差 {std:.3g}"
        named = name_spread(std, mean, inputs if weight is wide[0] else None, peak)
        if name == "W2" and std == 0:
            named = "w2_zero" if mean == 0 else "w2_constant"
        expect(
            abs(mean) < 0.0012 and 0.009 < std < 0.011,
            f"{said}; 0 and 0.01 are due.",
            f"{told}；应当是 0 和 0.01。",
            mistake=named,
        )
        expect(
            2.2 < peak < 4.0,
            f"{said}, but they are not normally distributed: the fourth moment is {peak:.2f} times the square "
            f"of the variance, and 3 is due (1.8 would be uniform).",
            f"{told}，但不是正态分布：四阶矩是方差平方的 {peak:.2f} 倍，应当是 3（均匀分布是 1.8）。",
            mistake=named,
        )
    # Means of rows and of columns: numbers that are repeated along either do not cancel.
    for dim, count in ((1, inputs), (0, wide[0].shape[0])):
        spread = wide[0].double().mean(dim).std().item() * count**0.5 / STD
        expect(
            0.4 < spread < 1.6,
            "The numbers of W1 depend on one another along its rows or columns: draw every one by itself.",
            "W1 的数在行或列方向上互相关联：每个数都应当单独抽取。",
        )


def name_spread(std: float, mean: float, inputs: int | None, peak: float) -> str | None:
    """Return the mistake that gives numbers this spread; `inputs` tells the default of a layer."""
    if 0.9 < std < 1.1:
        return "unscaled"
    if inputs and 0.9 < std * (3 * inputs) ** 0.5 < 1.1:
        return "layer_default"
    if 0.09 < std < 0.11:
        return "variance_taken"
    if abs(mean) > 0.5 * std:
        return "all_positive"
    return "uniform" if peak < 2.1 else None


@check(zh="每次调用都重新抽取随机数", needs=("test_normal",))
def test_fresh(student: Student, draw: Draw) -> None:
    """Every call draws anew."""
    size = draw.integer(3, 5), draw.integer(6, 9)
    first, second = made(student, *size), made(student, *size)
    for index in (0, 2):
        expect(
            not torch.equal(first[index], second[index]) or not first[index].any(),
            f"Two calls of init_params{size} returned the same {NAMES[index]}, number for number.",
            f"两次调用 init_params{size}，得到的 {NAMES[index]} 完全相同，一个数都不差。",
            mistake="reseeded",
        )


def differentiate(names, size, factors):
    """Send the weighted sum of all parameters backward; return each gradient, or what stands in its way."""
    params = list(names.init_params(*size))
    if not any(p.requires_grad for p in params):
        return ["frozen"] * len(params)
    sum((p * factor).sum() for p, factor in zip(params, factors, strict=True)).backward()
    found = []
    for p in params:
        if not p.requires_grad:
            found.append("frozen")
        elif not p.is_leaf:
            found.append("no leaf")
        else:
            found.append(torch.zeros_like(p) if p.grad is None else p.grad)
    return found


@check(zh="四个参数都是需要梯度的叶子张量", needs=("test_shapes",), weight=2)
def test_trainable(student: Student, draw: Draw) -> None:
    """All four are leaves that require grad."""
    size = draw.integer(2, 4), draw.integer(5, 8)
    factors = [draw.uniform(*shape, low=0.5, high=2.0) for shape in shapes(*size)]
    found = student.run(differentiate, size, factors)
    expect(isinstance(found, list) and len(found) == 4, "Four gradients are due.", "应当有四个梯度。")
    for name, grad, factor in zip(NAMES, found, factors, strict=True):
        expect(
            grad != "frozen" if isinstance(grad, str) else True,
            f"{name} does not require grad: backward() leaves it out, and it is never trained.",
            f"{name} 不需要梯度：backward() 会跳过它，它永远不会被训练。",
            mistake="frozen",
        )
        expect(
            not isinstance(grad, str),
            f"{name} is no leaf: it was computed from a tensor that requires grad, so after backward() "
            f"the gradient lies there, and {name}.grad is None.",
            f"{name} 不是叶子张量：它是由另一个需要梯度的张量算出来的，backward() 之后梯度留在那一个上，"
            f"{name}.grad 是 None。",
            mistake="not_leaf",
        )
        what = Text(en=f"The gradient of a weighted sum of {name}:", zh=f"{name} 的加权和的梯度：")
        assert_close(grad, factor, what=what)


def train(names, size, x, y, lr, steps):
    """Train a new net on the mean squared error; return its parameters before and after."""
    W1, b1, W2, b2 = params = list(names.init_params(*size))
    start = [p.detach().clone() for p in params]
    for _ in range(steps):
        loss = ((torch.tanh(x @ W1.T + b1) @ W2.T + b2 - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            for p in params:
                p.sub_(lr * p.grad)
                p.grad = None
    return start, [p.detach() for p in params]


def trained(start: Sequence[Tensor], x: Tensor, y: Tensor, lr: float, steps: int) -> list[Tensor]:
    """Return where the same training leads from `start`, its gradients written out, in float64."""
    W1, b1, W2, b2 = (p.double() for p in start)
    x, y = x.double(), y.double()
    for _ in range(steps):
        h = torch.tanh(x @ W1.T + b1)
        error = 2 * (h @ W2.T + b2 - y) / len(x)
        back = error @ W2 * (1 - h**2)
        W2, b2 = W2 - lr * error.T @ h, b2 - lr * error.sum(0)
        W1, b1 = W1 - lr * back.T @ x, b1 - lr * back.sum(0)
    return [W1, b1, W2, b2]


def lesson(draw: Draw, num_inputs: int) -> tuple[Tensor, Tensor, float, int]:
    """Return inputs, targets, a learning rate and a number of steps."""
    x = draw.normal(12, num_inputs)
    return x, torch.sin(2 * x.sum(1, keepdim=True)) + 0.5, draw.number(0.1, 0.3), 12


@check(zh="能训练，而且每一步都与评分程序自己的训练一致", needs=("test_trainable", "test_units_differ"))
def test_trains(student: Student, draw: Draw) -> None:
    """It trains, parameter for parameter as the judge's own net does from the same start."""
    size = draw.integer(2, 4), draw.integer(5, 8)
    x, y, lr, steps = lesson(draw, size[0])
    start, end = student.run(train, size, x, y, lr, steps)
    due = trained(start, x, y, lr, steps)
    for name, before, after, wanted in zip(NAMES, start, end, due, strict=True):
        expect(
            isinstance(after, torch.Tensor) and not torch.equal(after, before),
            f"{name} has not moved in {steps} steps of training.",
            f"训练 {steps} 步之后，{name} 一点也没有变。",
        )
        what = Text(
            en=f"{name} after {steps} steps of training with learning rate {lr:.3g}:",
            zh=f"学习率 {lr:.3g}、训练 {steps} 步之后的 {name}：",
        )
        assert_close(after, wanted.float(), rtol=1e-3, atol=1e-5, what=what)


def assert_count(student: Student, W1: Tensor, due: int, what: Text) -> None:
    """Fail unless the learner counts `due` different rows, as an int, and leaves W1 as it was."""
    before, trainable = W1.detach().clone(), W1.requires_grad
    found = student.distinct_units(W1)
    whole = isinstance(found, int) and not isinstance(found, bool)
    if isinstance(found, NumpyValue):
        whole = not found.tensor.dim() and not found.tensor.is_floating_point()
        found = int(found.tensor) if whole else found
    expect(
        whole or not isinstance(found, torch.Tensor),
        f"{what.en} distinct_units returned a tensor; an int is due.",
        f"{what.zh}distinct_units 返回的是张量，应当是 int。",
        mistake="tensor_returned",
    )
    got = found if isinstance(found, int | float | str | None) else type(found).__name__
    expect(
        whole and found == due,
        f"{what.en} distinct_units returned {got!r:.40}; {due} is due.",
        f"{what.zh}distinct_units 返回了 {got!r:.40}，应当是 {due}。",
    )
    assert_unchanged(W1, before, "W1", requires_grad=trainable)


def table(draw: Draw, pattern: Sequence[int], columns: int) -> Tensor:
    """Return rows of weights as small as at the start, those with one number in the pattern equal."""
    rows = draw.uniform(max(pattern) + 1, columns, low=0.002, high=0.03) * draw.normal(max(pattern) + 1, columns).sign()
    return rows[list(pattern)]


@check(zh="distinct_units 数出不同的行，不管它们排在哪里")
def test_count(student: Student, draw: Draw) -> None:
    """distinct_units counts different rows, wherever they stand."""
    # In none of them do equal rows, columns, elements or neighbours give the same count.
    for pattern, columns in (((0, 1, 1, 0, 2, 0, 2), 5), ((0, 1, 1, 0, 2, 3, 0, 2), 6), ((0, 1, 2, 3, 3, 4, 5), 2)):
        W1, due = table(draw, pattern, columns), max(pattern) + 1
        what = Text(
            en=f"Of {len(pattern)} rows, numbered by what they hold: {pattern}.",
            zh=f"{len(pattern)} 行，按内容编号为 {pattern}。",
        )
        assert_count(student, W1, due, what)


@check(zh="只差一点、换了次序或变了号的行也算不同，单独一行算 1", needs=("test_count",))
def test_alike_rows(student: Student, draw: Draw) -> None:
    """Rows that differ little, in their order or in sign are different; one row alone counts 1."""
    # Multiples of 1/128: sums of these are exact in any order.
    row = torch.tensor([draw.integer(1, 9), draw.integer(20, 29), draw.integer(40, 49), draw.integer(60, 69)]) / 128
    last, first = row.clone(), row.clone()
    last[3] += 1 / 128
    first[0] += 1 / 128
    near = table(draw, (0,), 3)
    # 2 millionths apart: float32 tells numbers a tenth of that apart.
    nearer, column = table(draw, (0, 1, 2), 5), draw.integer(1, 3)
    moved = nearer.clone()
    moved[:, column] *= 1 + 2e-6
    lone = draw.normal(1, 4)
    for W1, due, en, zh in (
        (torch.stack([row, row.roll(1), row]), 2, "Rows r, r in another order, r.", "三行：r、次序不同的 r、r。"),
        (torch.stack([row, -row, row]), 2, "Rows r, −r, r.", "三行：r、−r、r。"),
        (torch.stack([row, last, row, last]), 2, "Rows that differ in the last column.", "只有最后一列不同的行。"),
        (torch.stack([first, row, row]), 2, "Rows that differ in the first column.", "只有第一列不同的行。"),
        (
            torch.cat([near, near * 1.01, near]),
            2,
            "Rows r, 1.01 r, r with r near 0.01.",
            "三行：r、1.01 r、r，r 在 0.01 左右。",
        ),
        (
            torch.cat([nearer, moved]),
            6,
            f"Three rows near 0.01, and again with column {column} larger by 2 millionths of itself.",
            f"三行 0.01 左右的数，再加上它们的副本，副本只有第 {column} 列大了百万分之二。",
        ),
        (lone, 1, "One row alone.", "单独一行。"),
        (lone.repeat(4, 1).requires_grad_(), 1, "Four equal rows that require grad.", "需要梯度的四个相同的行。"),
        (
            draw.normal(5, 1, dtype=torch.float64),
            5,
            "Five units with one input, in float64.",
            "五个只有一个输入的单元，float64。",
        ),
    ):
        assert_count(student, W1, due, Text(en, zh))


@check(
    zh="从零或常数开始的网络，训练之后仍然只有 1 个单元；你的网络保住了全部单元",
    needs=("test_normal", "test_count", "test_trainable"),
    weight=2,
)
def test_zeros_never_part(student: Student, draw: Draw) -> None:
    """A net that began with zeros, or all equal, still has 1 unit after training; yours keeps all."""
    num_inputs, num_hidden = draw.integer(2, 4), draw.integer(5, 8)
    x, y, lr, steps = lesson(draw, num_inputs)
    for start, en, zh in ((0.0, "zeros", "零"), (draw.number(0.2, 0.6), "one constant", "同一个常数")):
        W1 = trained([torch.full(s, start) for s in shapes(num_inputs, num_hidden)], x, y, lr, steps)[0]
        # Equal but for how a processor rounds sums in different places.
        W1 = W1.mean(0).repeat(num_hidden, 1).float()
        what = Text(
            en=f"W1 of {num_hidden} units after {steps} steps of training from {en}.",
            zh=f"{num_hidden} 个单元从{zh}开始，训练 {steps} 步之后的 W1。",
        )
        assert_count(student, W1, 1, what)
    mine = [p.detach() for p in made(student, num_inputs, num_hidden)]
    W1 = trained(mine, x, y, lr, steps)[0].float()
    what = Text(
        en=f"W1 of {num_hidden} units after {steps} steps of training from your init_params.",
        zh=f"{num_hidden} 个单元从你的 init_params 开始，训练 {steps} 步之后的 W1。",
    )
    assert_count(student, W1, num_hidden, what)
