"""Checks of the step: its length, which tensors take it, cleared gradients, and training with it."""

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
    assert_unchanged,
    check,
    elsewhere,
    expect,
    fail,
)
from grader.judge.student import RemoteObject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor


def parameters(draw: Draw, *shapes: tuple[int, ...], dtype: torch.dtype = torch.float32) -> list[Tensor]:
    """Return a leaf of each shape, with a gradient as a sum over some examples leaves it."""
    made = []
    for shape in shapes:
        param = draw.normal(*shape, dtype=dtype).requires_grad_()
        param.grad = gradient(draw, *shape, dtype=dtype)
        made.append(param)
    return made


def gradient(draw: Draw, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Return a gradient without elements near zero, so that every wrong step shows."""
    return draw.uniform(*shape, low=5.0, high=60.0, dtype=dtype) * draw.normal(*shape, dtype=dtype).sign()


def before(params: Sequence[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
    """Return copies of the values and of the gradients, zeros for those that are None."""
    values = [param.detach().clone() for param in params]
    return values, [torch.zeros_like(p) if p.grad is None else p.grad.clone() for p in params]


def cleared(param: Tensor) -> bool:
    """Tell whether nothing would be added to the next gradient."""
    return param.grad is None or not param.grad.any()


def trainable(param: Tensor) -> bool:
    """Tell whether the next backward() would reach the parameter."""
    return param.requires_grad and param.is_leaf


def left(params: Sequence[Tensor]) -> tuple[bool, bool]:
    """Return whether all gradients are cleared, and whether all parameters are still trainable."""
    return all(map(cleared, params)), all(map(trainable, params))


def assert_left(params: Sequence[Tensor], usual: tuple[bool, bool], *, missed: str | None = None) -> None:
    """Fail where parameters are left worse than in the usual call, so that no fault costs the points of two checks.

    `missed` names the mistake of a gradient that was not cleared.
    """
    for index, param in enumerate(params):
        en, zh = f"parameter {index + 1} of {len(params)}", f"第 {index + 1} 个参数（共 {len(params)} 个）"
        expect(
            cleared(param) or not usual[0],
            f"Still holding a gradient after this step: {en}. In the plain case it was cleared.",
            f"这一步之后，{zh}的梯度还留着，而在普通情形下是清空了的。",
            mistake=missed,
        )
        expect(
            trainable(param) or not usual[1],
            f"No longer requiring grad after this step: {en}. The next backward() would skip it.",
            f"这一步之后，{zh}不再需要梯度（requires_grad 变成了 False）：下一次 backward() 会跳过它。",
            mistake="frozen",
        )


def alike(params: Sequence[Tensor], others: Sequence[Tensor]) -> bool:
    """Tell whether all parameters have the values of the others."""
    return all(
        param.shape == other.shape and torch.allclose(param.detach().double(), other.double(), rtol=1e-4, atol=1e-5)
        for param, other in zip(params, others, strict=True)
    )


def name_mistake(
    params: Sequence[Tensor], values: Sequence[Tensor], grads: Sequence[Tensor], lr: float, batch_size: int
) -> str | None:
    """Return the mistake that leads from the old values to those that the parameters have now."""
    pairs = list(zip(values, grads, strict=True))
    if alike(params, values):
        return "nothing_moves" if all(map(cleared, params)) else "rebound"
    steps = {
        "no_division": [v - lr * g for v, g in pairs],
        "ascent": [v + lr * g / batch_size for v, g in pairs],
        "no_lr": [v - g / batch_size for v, g in pairs],
        "divides_by_length": [v - lr * g / (len(v) if v.dim() else 1) for v, g in pairs],
        "article_numbers": [v - 0.03 * g / 10 for v, g in pairs],
        "parameter_zeroed": [torch.zeros_like(v) for v in values],
        "first_only": [v - lr * g / batch_size if i == 0 else v for i, (v, g) in enumerate(pairs)],
        "two_params_only": [v - lr * g / batch_size if i < 2 else v for i, (v, g) in enumerate(pairs)],
    }
    return next((name for name, due in steps.items() if alike(params, due)), None)


def assert_step(
    params: Sequence[Tensor],
    values: Sequence[Tensor],
    grads: Sequence[Tensor],
    lr: float,
    batch_size: int,
    mistake: str | None = None,
) -> None:
    """Fail unless every parameter went by −lr · grad / batch_size from its old value."""
    mistake = mistake or name_mistake(params, values, grads, lr, batch_size)
    for index, (param, value, grad) in enumerate(zip(params, values, grads, strict=True)):
        what = Text(
            en=f"Parameter {index + 1} of {len(params)}, p − lr · grad / batch_size with lr={lr:.4g}, "
            f"batch_size={batch_size}:",
            zh=f"第 {index + 1} 个参数（共 {len(params)} 个），应为 p − lr · grad / batch_size，其中 lr={lr:.4g}，"
            f"batch_size={batch_size}：",
        )
        assert_close(param, value - lr * grad / batch_size, what=what, mistake=mistake)


def is_generator(names):
    """Tell whether a call of the learner's step only makes a generator."""
    try:
        return type(names.sgd([], 0.1, 1)).__name__ == "generator"
    except Exception:  # noqa: BLE001 - a learner's code may raise anything
        return False


@check(zh="每个参数都走 −lr · grad / batch_size", weight=2)
def test_step(student: Student, draw: Draw) -> None:
    """A weight and a bias move by −lr · grad / batch_size."""
    w, b = params = parameters(draw, (draw.integer(4, 6), 1), (2,))
    lr, batch_size = draw.number(0.2, 0.8), draw.integer(12, 24)
    values, grads = before(params)
    result = student.sgd([w, b], lr, batch_size)
    mistake = name_mistake(params, values, grads, lr, batch_size)
    if mistake == "rebound" and isinstance(result, RemoteObject) and student.run(is_generator):
        fail(
            "sgd contains yield, so calling it ran nothing of it: a generator came back, and no parameter moved.",
            "sgd 里有 yield，所以调用它什么也没有执行：返回的是一个生成器，参数一个也没有动。",
            mistake="contains_yield",
        )
    if mistake == "first_only":
        # Two of two are not enough to tell the first alone from all but the last.
        three = parameters(draw, (3, 1), (2,), (4,))
        was, slopes = before(three)
        student.sgd(list(three), lr, batch_size)
        last_alone = not alike(three[1:2], was[1:2])
        assert_step(three, was, slopes, lr, batch_size, "last_skipped" if last_alone else mistake)
    assert_step(params, values, grads, lr, batch_size, mistake)


@check(zh="走完之后梯度已清空（全零或 None）", needs=("test_step",), weight=2)
def test_gradients_cleared(student: Student, draw: Draw) -> None:
    """After the step every gradient is zero or None."""
    params = parameters(draw, (3, 1), (2,))
    student.sgd(list(params), 0.1, 4)
    left = [index for index, param in enumerate(params) if not cleared(param)]
    if left:
        mistake = "clears_last_only" if left == [0] else "not_cleared" if len(left) == len(params) else None
        which = ", ".join(str(index + 1) for index in left)
        fail(
            f"Still holding a gradient after the step: parameter {which} of {len(params)}. Zero or None is due, because "
            "backward() adds to what it finds.",
            f"更新之后仍留着梯度的参数：第 {which} 个（共 {len(params)} 个）。应当是全零或 None，因为 backward() 会累加。",
            mistake=mistake,
        )


@check(zh="参数可多可少，形状任意（包括 0 维），梯度可大可小", needs=("test_step",))
def test_any_number_and_shape(student: Student, draw: Draw) -> None:
    """Five parameters of different shapes step, and so does one alone with a gradient in the thousands."""
    usual = (False, False)
    for shapes in (((3, 1), (2,)), ((2, 3), (), (4,), (2, 1, 3), (1,)), ((3, 2),)):
        params = parameters(draw, *shapes)
        if len(params) == 1:
            params[0].grad = gradient(draw, *shapes[0]) * 200
        lr, batch_size = draw.number(0.2, 0.8), draw.integer(12, 24)
        values, grads = before(params)
        student.sgd(list(params), lr, batch_size)
        assert_step(params, values, grads, lr, batch_size)
        if len(params) == 2:  # the plain case, which other checks judge
            usual = left(params)
        assert_left(params, usual)


@check(zh="params 可以是元组，也可以是生成器", needs=("test_step",))
def test_any_iterable(student: Student, draw: Draw) -> None:
    """The parameters may come as a tuple or from a generator."""
    usual = (False, False)
    for wrap in (list, tuple, iter_once):
        params = parameters(draw, (3, 1), (2,))
        lr, batch_size = draw.number(0.2, 0.8), draw.integer(12, 24)
        values, grads = before(params)
        student.sgd(wrap(params), lr, batch_size)
        if wrap is list:
            usual = left(params)
        if wrap is iter_once:
            mistake = "loops_twice" if alike(params, values) and all(map(cleared, params)) else None
            expect(
                not mistake,
                "With a generator of parameters nothing moved, though a tuple of them did.",
                "params 是生成器时参数没有更新，而是元组时更新了。",
                mistake=mistake,
            )
        assert_step(params, values, grads, lr, batch_size)
        if wrap is iter_once:
            expect(
                all(map(cleared, params)) or not usual[0],
                "With a generator of parameters the gradients were not cleared, though with a tuple they were.",
                "params 是生成器时梯度没有清空，而是元组时清空了。",
                mistake="loops_twice",
            )
        assert_left(params, usual)


def iter_once(params: Sequence[Tensor]):
    """Yield the parameters, once."""
    yield from params


@check(zh="没有梯度（grad 为 None）的参数保持原样，其余照常更新", needs=("test_step",))
def test_none_gradient(student: Student, draw: Draw) -> None:
    """A parameter without a gradient is left alone, and the others step."""
    params = parameters(draw, (3, 1), (2,), (4,))
    lr, batch_size = draw.number(0.2, 0.8), draw.integer(12, 24)
    values, grads = before(params)
    student.sgd(list(params), lr, batch_size)
    # With every gradient present all three step, so what goes wrong below is due to the None.
    assert_step(params, values, grads, lr, batch_size)
    usual = left(params)
    params = parameters(draw, (4, 1), (3,), (5,))
    params[1].grad = None
    lr, batch_size = draw.number(0.2, 0.8), draw.integer(12, 24)
    values, grads = before(params)
    try:
        student.sgd(list(params), lr, batch_size)
    except LearnerError as error:
        if "NoneType" not in error.failure.message:
            raise
        said = f"{error.failure.type_name[:40]}: {error.failure.message[:200]}"
        fail(
            f"The .grad of the second of three parameters is None, and sgd raised {said}",
            f"三个参数中第二个的 .grad 是 None，sgd 抛出了 {said}",
            mistake="needs_gradient",
        )
    assert_unchanged(params[1], values[1], "params[1]")
    expect(
        cleared(params[1]),
        "The .grad of the second of three parameters was None before and is not zero now.",
        "三个参数中第二个的 .grad 原来是 None，现在却不是零。",
    )
    moved = [not alike([param], [value]) for param, value in zip(params, values, strict=True)]
    expect(
        any(moved),
        "The second of three parameters has no gradient, and no parameter took its step: neither the first nor the third.",
        "三个参数中第二个没有梯度，结果一个参数也没有更新：第一个和第三个都没有动。",
        mistake="nothing_if_any_none",
    )
    expect(
        moved[2] or not moved[0],
        "The second of three parameters has no gradient, and the third did not take its step.",
        "三个参数中第二个没有梯度，结果第三个也没有更新。",
        mistake="stops_at_none",
    )
    assert_step(params, values, grads, lr, batch_size)
    assert_left(params, usual, missed="stops_at_none" if cleared(params[0]) else None)


@check(zh="float64 的参数保持 float64，精度不丢", needs=("test_step",))
def test_double(student: Student, draw: Draw) -> None:
    """A float64 parameter stays float64 and loses no digits."""
    params = parameters(draw, (3, 1), (2,), dtype=torch.float64)
    lr, batch_size = draw.number(0.2, 0.8), draw.integer(12, 24)
    values, grads = before(params)
    student.sgd(list(params), lr, batch_size)
    due = [value - lr * grad / batch_size for value, grad in zip(values, grads, strict=True)]
    # Right but for rounding: the error of float32 is about 1e-8 of the step, an honest one below 1e-15.
    mistake = "always_single" if alike(params, due) else name_mistake(params, values, grads, lr, batch_size)
    for param, wanted in zip(params, due, strict=True):
        assert_close(param, wanted, rtol=1e-12, atol=1e-12, mistake=mistake)


@check(zh="参数不在 CPU 上时也能走一步", needs=("test_step",))
def test_device(student: Student, draw: Draw) -> None:
    """Parameters that are not on the CPU take their step where they are."""
    # A step that NumPy takes, in the memory of the CPU, is right there.
    with elsewhere(mistake="made_on_cpu", spared=("numpy",)) as device:
        params = [torch.empty(*shape, device=device, requires_grad=True) for shape in ((3, 1), (2,))]
        for param in params:
            param.grad = torch.empty_like(param)
        student.sgd(list(params), draw.number(0.2, 0.8), draw.integer(12, 24))
        for param in params:
            assert_device(param, device)


@check(zh="连续两步，学习率和批量大小各不相同", needs=("test_step", "test_gradients_cleared"))
def test_two_steps(student: Student, draw: Draw) -> None:
    """A second step with another learning rate and batch size owes nothing to the first."""
    params = parameters(draw, (3, 1), (2,))
    for batch_size in (draw.integer(12, 24), 1):
        lr = draw.number(0.2, 0.8)
        for param in params:
            fresh = gradient(draw, *param.shape)
            param.grad = fresh if param.grad is None else param.grad + fresh  # as backward() would
        values, grads = before(params)
        student.sgd(list(params), lr, batch_size)
        assert_step(params, values, grads, lr, batch_size)


def train(names, w, b, features, labels, lr, batch_size):
    """Train a line on minibatches with the learner's step; say where it stops, and whether autograd records there."""
    for start in range(0, len(features), batch_size):
        rows = slice(start, start + batch_size)
        loss = (features[rows] @ w + b - labels[rows]) ** 2 / 2
        if not loss.requires_grad:
            return {"stopped": start // batch_size, "recording": torch.is_grad_enabled()}
        loss.sum().backward()
        names.sgd([w, b], lr, batch_size)
    return {"w": w.detach().clone(), "b": b.detach().clone()}


@check(zh="参数始终是需要梯度的叶子张量：能继续训练", needs=("test_step", "test_gradients_cleared"), weight=2)
def test_trains_on(student: Student, draw: Draw) -> None:
    """The parameters remain leaves that require grad, so training goes on."""
    params = parameters(draw, (2, 1), (1,))
    student.sgd(list(params), 0.1, 4)
    for param in params:
        expect(
            trainable(param),
            "After the step a parameter no longer requires grad: the next backward() would skip it.",
            "更新之后，参数不再需要梯度（requires_grad 变成了 False）：下一次 backward() 会跳过它。",
            mistake="frozen",
        )
    batch_size, count, lr = 4, 5, draw.number(0.05, 0.2)
    features = draw.normal(batch_size * count, 2, dtype=torch.float64)
    labels = draw.normal(batch_size * count, 1, dtype=torch.float64)
    w, b = draw.normal(2, 1, dtype=torch.float64), draw.normal(1, dtype=torch.float64)
    result = student.run(
        train, w.clone().requires_grad_(), b.clone().requires_grad_(), features, labels, lr, batch_size
    )
    for rows in range(0, len(features), batch_size):
        X, y = features[rows : rows + batch_size], labels[rows : rows + batch_size]
        error = X @ w + b - y
        w, b = w - lr * X.T @ error / batch_size, b - lr * error.sum() / batch_size
    result = result if isinstance(result, dict) else {}
    expect(
        "stopped" not in result or result.get("recording"),
        "Training stopped: sgd switched autograd off and never on again, so after it nothing is recorded "
        "(torch.is_grad_enabled() is False).",
        "训练停住了：sgd 关掉了自动求导，却没有再打开，之后的计算都不会被记录（torch.is_grad_enabled() 为 False）。",
        mistake="grad_left_off",
    )
    expect(
        "stopped" not in result,
        f"Training stopped after step {result.get('stopped')} of {count}: no parameter requires grad any more.",
        f"训练在第 {result.get('stopped')} 步（共 {count} 步）之后停住了：已经没有参数需要梯度。",
    )
    for name, due in (("w", w), ("b", b)):
        what = Text(
            en=f"{name} after {count} steps of real training:",
            zh=f"真实训练 {count} 步之后的 {name}：",
        )
        assert_close(result.get(name), due, rtol=1e-4, atol=1e-4, what=what)
