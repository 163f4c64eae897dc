"""Checks of the second derivative, against derivatives worked out by hand."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import torch

from grader.judge import (
    Draw,
    LearnerError,
    Student,
    Text,
    assert_close,
    assert_device,
    assert_shape,
    assert_unchanged,
    bind,
    check,
    elsewhere,
    expect,
    fail,
)

if TYPE_CHECKING:
    from torch import Tensor

    from grader.judge.student import Bound

DOUBLE = torch.float64


def cubic(x, a, b, c):
    """Return ax³ + bx² + cx."""
    return a * x**3 + b * x**2 + c * x


def wave(x, a, b, c, d):
    """Return a·sin(bx) + c·exp(x/2) + d."""
    return a * torch.sin(b * x) + c * torch.exp(x / 2) + d


def line(x, a, b):
    """Return ax + b: its slope has no graph."""
    return a * x + b


def ramp(x, a, b):
    """Return a·x where x > 0, else b·x."""
    return torch.where(x > 0, a * x, b * x)


def trainable_line(x, a, weight=torch.nn.Parameter(torch.ones((), dtype=torch.float64))):  # noqa: B008 - made with the function
    """Return ax times a trainable 1: its slope has a graph, in which x does not occur."""
    return a * weight * x


def quadratic(x, a, b):
    """Return a·x·x + bx: its second derivative has no graph."""
    return a * x * x + b * x


def full_constant(x, a):
    """Return the constant a in the shape of x."""
    return torch.full_like(x, a)


def lone_constant(x, a):
    """Return the constant a as a 0-d tensor."""
    return torch.tensor(a, dtype=x.dtype, device=x.device)


def trainable_constant(x, a, weight=torch.nn.Parameter(torch.ones((), dtype=torch.float64))):  # noqa: B008 - made with the function
    """Return a times a trainable 1 in the shape of x: it has a graph, in which x does not occur."""
    return a * weight * torch.ones_like(x)


def lone_trainable(x, a, weight=torch.nn.Parameter(torch.ones((), dtype=torch.float64))):  # noqa: B008 - made with the function
    """Return a times a trainable 1 as a 0-d tensor."""
    return a * weight


def plain_number(x, a):
    """Return the constant a as a Python number."""
    return a


def recorded(x, a):
    """Return ax³, or raise where autograd is off."""
    if not torch.is_grad_enabled():
        raise RuntimeError("autograd is switched off")
    return a * x**3


def coefficient(draw: Draw) -> float:
    """Return a number well away from zero, of either sign."""
    return draw.number(0.5, 2.0) * draw.choice((-1.0, 1.0))


def points(draw: Draw, *shape: int, dtype: torch.dtype = DOUBLE) -> Tensor:
    """Return places to differentiate at."""
    return draw.uniform(*shape, low=-2.0, high=2.0, dtype=dtype)


def signed(number: float) -> str:
    """Return a number as a further term of a sum."""
    return f"{'-' if number < 0 else '+'} {abs(number):.4g}"


def describe_wave(a: float, b: float, c: float, d: float) -> Text:
    """Return the formulas of a wave and of its second derivative."""
    f = f"f(x) = {a:.4g}·sin({b:.4g}·x) {signed(c)}·exp(x/2) {signed(d)}"
    second = f"f″(x) = {-a * b**2:.4g}·sin({b:.4g}·x) {signed(c / 4)}·exp(x/2)"
    return Text(en=f"{f}, so {second}:", zh=f"{f}，所以 {second}：")


def right(result: Any, due: Tensor, *, mistake: str | None = None, what: Text | None = None) -> None:
    """Fail unless the result is about `due`; a check of its own asks for dtype and exactness."""
    assert_close(result, due, rtol=1e-4, atol=1e-4, check_dtype=False, mistake=mistake, what=what)


def name_mistake(result: Any, first: Tensor, second: Tensor) -> str | None:
    """Return the mistake that turns derivatives f′ and f″ into this result."""
    count = second.numel()
    wrong = {
        "zero_everywhere": torch.zeros_like(second),
        "first_derivative": first,
        "first_squared": first**2,
        "accumulated": first + second,
        "mean_taken": second / count,
        "mean_taken ": second / count**2,
        "summed": second.sum(),
        "full_hessian": second.diag(),
    }
    if not isinstance(result, torch.Tensor):
        return None
    for name, value in wrong.items():
        if result.shape == value.shape and torch.allclose(result.detach().double(), value, rtol=1e-4, atol=1e-6):
            return name.strip()
    return None


def name_precision(result: Any, second: Tensor) -> str | None:
    """Return the mistake that leaves the result near f″ but not exact."""
    if not isinstance(result, torch.Tensor) or result.shape != second.shape:
        return None
    if result.dtype is torch.float32:
        return "always_single"
    found = result.detach().double()
    near = torch.allclose(found, second, rtol=0.2, atol=0.2)
    if not near or torch.allclose(found, second, rtol=1e-12, atol=1e-12):
        return None
    # What was float32 on its way has the digits of float32 only; a quotient has all of them.
    return "always_single" if torch.equal(found.float().double(), found) else "finite_differences"


def autograd_is_off(student: Student, x: Tensor, call: Bound) -> bool:
    """Tell whether f is called where autograd records nothing; else make `call` once more, as the last."""
    try:
        student.second_derivative(bind(recorded, 1.0), x.detach().clone().requires_grad_())
    except LearnerError as error:
        if "autograd is switched off" in error.failure.message:
            return True
    with contextlib.suppress(LearnerError):
        student.second_derivative(call, x.detach().clone().requires_grad_())
    return False


def call_kept(student: Student, f: Bound, x: Tensor, *, early: bool = False) -> Any:
    """Return the result of a call, which fails unless it leaves x as it was; `early` for a linear or constant f."""
    before, required = x.detach().clone(), x.requires_grad
    held = None if x.grad is None else x.grad.clone()
    result = student.second_derivative(f, x)
    en = " (f is linear or constant here: does an early return skip the clean-up?)" if early else ""
    zh = "（这里的 f 是线性函数或常数：是不是提前 return，跳过了恢复 x 的代码？）" if early else ""
    assert_unchanged(x, before, "x")
    expect(
        required or not x.requires_grad,
        f"x did not require grad before the call, and does now: the caller's tensor was switched.{en}",
        f"调用之前 x 不需要梯度，调用之后却需要了：调用者的张量被改动了。{zh}",
        mistake="switches_grad_on",
    )
    expect(
        x.requires_grad or not required,
        f"x required grad before the call and does not any more.{en}",
        f"调用之前 x 需要梯度，调用之后却不需要了。{zh}",
    )
    kept = x.grad is None if held is None else x.grad is not None and torch.equal(x.grad, held)
    was = Text("None", " None") if held is None else Text("a gradient", "一个梯度")
    expect(
        kept,
        f"The call changed x.grad, which belongs to the caller: it was {was.en} before.{en}",
        f"调用改动了 x.grad，而它属于调用者：调用之前它是{was.zh}。{zh}",
        mistake="fills_grad",
    )
    return result


def is_zeros(result: Any, shape: tuple[int, ...]) -> bool:
    """Tell whether the result is zeros of this shape."""
    return isinstance(result, torch.Tensor) and tuple(result.shape) == shape and not result.any()


def assert_zeros_kept(student: Student, f: Bound, x: Tensor) -> None:
    """Fail unless a linear or constant f leaves x as it was and gives zeros.

    Where even a fresh x that requires grad gives no zeros, another check says so.
    """
    shape, fresh = tuple(x.shape), x.detach().clone().requires_grad_()
    with contextlib.suppress(LearnerError):
        if is_zeros(call_kept(student, f, x, early=True), shape):
            return
    try:
        wrong_anyway = not is_zeros(student.second_derivative(f, fresh), shape)
    except LearnerError:
        wrong_anyway = True
    if not wrong_anyway:
        assert_zeros(call_kept(student, f, x, early=True), shape[0])


def assert_zeros(result: Any, count: int) -> None:
    """Fail unless the result is `count` zeros, one for every element of x."""
    expect(
        result is not None,
        "None came back. The second derivative is zero here: zeros in the shape of x are due.",
        "返回的是 None。这里的二阶导数是零：应当返回与 x 形状相同的全零张量。",
        mistake="none_returned",
    )
    number = isinstance(result, int | float) or (isinstance(result, torch.Tensor) and result.dim() == 0)
    expect(
        not number or result != 0,
        f"A single zero came back. Zeros in the shape of x, ({count},), are due.",
        f"返回的只是一个零。应当返回与 x 形状相同（({count},)）的全零张量。",
        mistake="bare_zero",
    )
    right(result, torch.zeros(count, dtype=DOUBLE))


@check(zh="每个元素处的值都是 d²f/dx²", weight=2)
def test_values(student: Student, draw: Draw) -> None:
    """Each element is d²f/dx² at that element of x."""
    a, b, c = (coefficient(draw) for _ in range(3))
    # At 0 whatever divides by x shows.
    x = torch.cat([points(draw, draw.integer(3, 5)), torch.zeros(1, dtype=DOUBLE)]).requires_grad_()
    at = x.detach().clone()
    f, first, second = bind(cubic, a, b, c), 3 * a * at**2 + 2 * b * at + c, 6 * a * at + 2 * b
    formulas = f"f(x) = {a:.4g}·x³ {signed(b)}·x² {signed(c)}·x", f"f″(x) = {6 * a:.4g}·x {signed(2 * b)}"
    what = Text(en=f"{formulas[0]}, so {formulas[1]}:", zh=f"{formulas[0]}，所以 {formulas[1]}：")
    off = Text(
        en="f(x) is computed where autograd is switched off, so it carries no graph.",
        zh="f(x) 是在 autograd 关闭的情况下计算的，所以没有计算图。",
    )
    try:
        result = student.second_derivative(f, x)
    except LearnerError as error:
        if "does not require grad" in error.failure.message and autograd_is_off(student, at, f):
            fail(off.en, off.zh, mistake="under_no_grad")
        raise
    expect(
        not isinstance(result, tuple),
        "A tuple came back where a tensor is due.",
        "返回的是元组，而应当返回张量。",
        mistake="tuple_returned",
    )
    mistake = name_mistake(result, first, second)
    if mistake == "zero_everywhere" and autograd_is_off(student, at, f):
        fail(off.en, off.zh, mistake="under_no_grad")
    right(result, second, mistake=mistake, what=what)


@check(zh="二次函数的二阶导数是常数，但不是零", needs=("test_values",))
def test_quadratic(student: Student, draw: Draw) -> None:
    """For a quadratic f the result is a constant, not zero, even where all of x is equal."""
    for equal in (False, True):
        a, b = coefficient(draw), coefficient(draw)
        x = (torch.full((3,), draw.number(0.5, 2.0), dtype=DOUBLE) if equal else points(draw, 4)).requires_grad_()
        due = torch.full_like(x.detach(), 2 * a)
        result = student.second_derivative(bind(quadratic, a, b), x)
        formulas = f"f(x) = {a:.4g}·x² {signed(b)}·x", f"f″(x) = {2 * a:.4g}"
        what = Text(en=f"{formulas[0]}, so {formulas[1]}:", zh=f"{formulas[0]}，所以 {formulas[1]}：")
        zeros = not equal and is_zeros(result, (4,))
        right(result, due, mistake="graphless_is_zero" if zeros else None, what=what)


@check(zh="x 不需要梯度时也能算，而且之后仍不需要梯度", needs=("test_values",))
def test_x_without_grad(student: Student, draw: Draw) -> None:
    """It works where x does not require grad, and x still does not afterwards."""
    a, b, c = (coefficient(draw) for _ in range(3))
    x = points(draw, 4)
    due = 6 * a * x + 2 * b
    right(call_kept(student, bind(cubic, a, b, c), x), due)
    for f in (bind(line, a, b), bind(trainable_line, a), bind(full_constant, a), bind(plain_number, a)):
        assert_zeros_kept(student, f, points(draw, 4))


@check(zh="结果的形状就是 x 的形状：0 维、1 维、2 维、3 维", needs=("test_values",))
def test_shapes(student: Student, draw: Draw) -> None:
    """The result has the shape of x, 0-d to 3-d."""
    for shape in ((2, 3), (), (1,), (2, 1, 2)):
        a, b, c, d = (coefficient(draw) for _ in range(4))
        # The last is not contiguous.
        x = (points(draw, *shape[::-1]).permute(2, 1, 0) if len(shape) == 3 else points(draw, *shape)).requires_grad_()
        at = x.detach().clone()
        due = -a * b**2 * torch.sin(b * at) + c / 4 * torch.exp(at / 2)
        result = student.second_derivative(bind(wave, a, b, c, d), x)
        flat = isinstance(result, torch.Tensor) and shape == (2, 3) and tuple(result.shape) == (6,)
        assert_shape(result, shape, mistake="flattened" if flat else None)
        right(result, due, what=describe_wave(a, b, c, d))


@check(zh="dtype 与 x 相同，float64 时精确到最后几位", needs=("test_values",))
def test_dtypes(student: Student, draw: Draw) -> None:
    """The result has the dtype of x, and in float64 it is exact."""
    # Differences of f ± 1000 lose at least seven digits to rounding; autograd never sees the 1000.
    a, b, c, d = coefficient(draw), draw.number(1.5, 3.0), coefficient(draw), 1000 * coefficient(draw)
    x = points(draw, 5).requires_grad_()
    at = x.detach().clone()
    due = -a * b**2 * torch.sin(b * at) + c / 4 * torch.exp(at / 2)
    result = student.second_derivative(bind(wave, a, b, c, d), x)
    what = describe_wave(a, b, c, d)
    assert_close(result, due, rtol=1e-12, atol=1e-12, mistake=name_precision(result, due), what=what)
    x = points(draw, 4, dtype=torch.float32).requires_grad_()
    at = x.detach().clone()
    due = -a * b**2 * torch.sin(b * at) + c / 4 * torch.exp(at / 2)
    result = student.second_derivative(bind(wave, a, b, c, 0.0), x)
    double = isinstance(result, torch.Tensor) and result.dtype is DOUBLE
    what = describe_wave(a, b, c, 0.0)
    assert_close(result, due, rtol=1e-3, atol=1e-3, mistake="always_double" if double else None, what=what)
    what = Text(en="f is linear or constant here.", zh="这里的 f 是线性函数或常数。")
    zero_functions = bind(line, a, b), bind(trainable_line, a), bind(plain_number, a)
    for f, dtype in (*((f, DOUBLE) for f in zero_functions), (bind(line, a, b), torch.float32)):
        x = points(draw, 3, dtype=dtype).requires_grad_()
        try:
            result = student.second_derivative(f, x)
        except LearnerError:
            continue  # another check says so
        if is_zeros(result, (3,)):
            assert_close(result, torch.zeros(3, dtype=dtype), mistake="zeros_retyped", what=what)


@check(zh="x 不在 CPU 上时，结果也在 x 所在的设备上", needs=("test_values",))
def test_device(student: Student, draw: Draw) -> None:
    """Where x is not on the CPU, the result is where x is."""
    a, b, c, d = (coefficient(draw) for _ in range(4))
    with elsewhere(mistake="made_on_cpu") as device:
        x = torch.empty(draw.integer(3, 5), dtype=DOUBLE, device=device, requires_grad=True)
        assert_device(student.second_derivative(bind(wave, a, b, c, d), x), device)


@check(zh="x 需要梯度时，x 的值、requires_grad 和 .grad 都不变", needs=("test_values",))
def test_x_kept(student: Student, draw: Draw) -> None:
    """Where x requires grad, its values, requires_grad and .grad stay as they were."""
    a, b, c = (coefficient(draw) for _ in range(3))
    zero_functions = bind(line, a, b), bind(full_constant, a), bind(trainable_line, a), bind(plain_number, a)
    for held, others in ((None, zero_functions[:3]), (draw.normal(4, dtype=DOUBLE), zero_functions)):
        for f in (bind(cubic, a, b, c), *others):
            x = points(draw, 4).requires_grad_()
            x.grad = None if held is None else held.clone()
            due = 6 * a * x.detach() + 2 * b
            if f in others:
                assert_zeros_kept(student, f, x)
            else:
                right(call_kept(student, f, x), due)


@check(zh="线性函数的二阶导数是零，而不是报错", needs=("test_values",))
def test_linear(student: Student, draw: Draw) -> None:
    """For a linear f the result is zeros, not an error."""
    for function in (line, ramp):
        x = points(draw, 4).requires_grad_()
        result = student.second_derivative(bind(function, coefficient(draw), coefficient(draw)), x)
        assert_zeros(result, 4)


@check(zh="斜率是可训练权重的线性函数，二阶导数也是零", needs=("test_values",))
def test_trainable_slope(student: Student, draw: Draw) -> None:
    """For a line whose slope is a trainable weight the result is zeros."""
    x = points(draw, 4).requires_grad_()
    assert_zeros(student.second_derivative(bind(trainable_line, coefficient(draw)), x), 4)


@check(zh="常数函数的二阶导数是零：f 返回张量或普通数字都行", needs=("test_values",))
def test_constant(student: Student, draw: Draw) -> None:
    """For a constant f, a tensor or a plain number, the result is zeros."""
    for function in (full_constant, lone_constant, trainable_constant, lone_trainable):
        x = points(draw, 4).requires_grad_()
        assert_zeros(student.second_derivative(bind(function, coefficient(draw)), x), 4)
    x = points(draw, 4).requires_grad_()
    number = coefficient(draw)
    try:
        result = student.second_derivative(bind(plain_number, number), x)
    except LearnerError as error:
        where = f" ({error.failure.frames[-1].text[:120]})" if error.failure.frames else ""
        said = f"{error.failure.type_name[:40]}: {error.failure.message[:200]}{where}"
        fail(
            f"f returned the plain number {number:.4g}, and second_derivative raised {said}",
            f"f 返回的是普通数字 {number:.4g}，second_derivative 抛出了 {said}",
            mistake="number_raises",
        )
    assert_zeros(result, 4)


@check(zh="结果可以对 x 继续求导，得到三阶导数", needs=("test_values",), weight=2)
def test_third_derivative(student: Student, draw: Draw) -> None:
    """The result can be differentiated again, to the third derivative."""
    a, b, c, d = (coefficient(draw) for _ in range(4))
    x = points(draw, 5).requires_grad_()
    at = x.detach().clone()
    second = -a * b**2 * torch.sin(b * at) + c / 4 * torch.exp(at / 2)
    third = -a * b**3 * torch.cos(b * at) + c / 8 * torch.exp(at / 2)
    result = assert_shape(student.second_derivative(bind(wave, a, b, c, d), x), (5,))
    expect(
        result.requires_grad,
        "The result carries no graph, so there is no third derivative to be had from it.",
        "结果没有计算图，无法再由它求三阶导数。",
        mistake=name_precision(result, second) or "graph_dropped",
    )
    weights = draw.uniform(5, low=0.5, high=2.0, dtype=DOUBLE)
    (result * weights).sum().backward()
    expect(
        x.grad is not None,
        "The graph of the result does not lead back to the caller's x: it begins at a detached copy.",
        "结果的计算图回不到调用者的 x：它是从一个 detach 出来的副本开始的。",
        mistake="cut_from_x",
    )
    what = Text(en="The derivative of the result (times weights):", zh="对结果再求一次导（乘以权重）：")
    right(x.grad, weights * third, what=what)
