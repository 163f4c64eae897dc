"""Comparisons for checks: what came back against what is right, said as torch.testing says it."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, NoReturn

import torch

from grader.judge.show import show_number, show_object, show_tensor
from grader.judge.student import NumpyValue
from grader.judge.verdicts import CheckFailed
from grader.model import Text
from grader.texts import Catalog

if TYPE_CHECKING:
    from collections.abc import Iterator

TOLERANCES = {
    torch.float16: (1e-3, 1e-3),
    torch.bfloat16: (1.6e-2, 1e-2),
    torch.float32: (1e-4, 1e-5),
    torch.float64: (1e-7, 1e-9),
}
# A GPU adds in another order and with other instructions than the judge, who computes on the CPU.
SLACK = {"cpu": 1.0, "cuda": 10.0, "mps": 100.0}
_slack: ContextVar[float] = ContextVar("slack", default=1.0)


@contextmanager
def tolerating(device: str) -> Iterator[None]:
    """Compare in the block as suits results of `device`; tolerances that a check gives are widened as well."""
    token = _slack.set(SLACK.get(device.partition(":")[0], 1.0))
    try:
        yield
    finally:
        _slack.reset(token)


def both(key: str, **params: object) -> Text:
    """Return the text `judge.<key>` in both languages."""
    return Text(en=Catalog("en").say(f"judge.{key}", **params), zh=Catalog("zh").say(f"judge.{key}", **params))


def join(*parts: Text | None) -> Text:
    """Return the texts one below the other."""
    found = [part for part in parts if part is not None]
    return Text(en="\n".join(part.en for part in found), zh="\n".join(part.zh for part in found))


def fail(en: str, zh: str, *, mistake: str | None = None) -> NoReturn:
    """Fail the check with a message in both languages; `mistake` names one of `mistakes.py`."""
    raise CheckFailed(Text(en, zh), mistake=mistake)


def expect(condition: object, en: str, zh: str, *, mistake: str | None = None) -> None:
    """Fail the check with the message unless `condition` holds."""
    if not condition:
        fail(en, zh, mistake=mistake)


def assert_tensor(value: object, *, what: Text | None = None) -> torch.Tensor:
    """Return `value` if it is a tensor; else fail and say what came back instead."""
    if isinstance(value, torch.Tensor):
        return value
    if value is None:
        message = both("returned_none")
    elif isinstance(value, NumpyValue):
        message = both("returned_numpy")
    else:
        message = both("not_a_tensor", got=show_object(value))
    raise CheckFailed(join(what, message), relation="none" if value is None else None)


def assert_shape(
    value: object, shape: tuple[int, ...], *, what: Text | None = None, mistake: str | None = None
) -> torch.Tensor:
    """Return `value` if it is a tensor of `shape`; else fail and name both shapes."""
    tensor = assert_tensor(value, what=what)
    if tuple(tensor.shape) != tuple(shape):
        message = both("wrong_shape", got=tuple(tensor.shape), due=tuple(shape))
        # An expected tensor without contents lets the diagnosis speak of shapes.
        raise CheckFailed(
            join(what, message),
            actual=tensor,
            expected=torch.empty(shape, device="meta"),
            mistake=mistake,
            relation="shape",
        )
    return tensor


def assert_close(
    actual: object,
    expected: torch.Tensor | float,
    *,
    rtol: float | None = None,
    atol: float | None = None,
    check_dtype: bool = True,
    what: Text | None = None,
    mistake: str | None = None,
) -> None:
    """Fail unless `actual` is a tensor (or number) of the same shape, dtype and values.

    |actual − expected| ≤ atol + rtol·|expected| must hold for every element; the defaults
    follow the dtype (`TOLERANCES`). NaN equals nothing. Where `expected` is a float,
    `actual` must be a number.
    """
    if not isinstance(expected, torch.Tensor):
        _assert_number(actual, expected, rtol=rtol, atol=atol, what=what, mistake=mistake)
        return
    due = expected.detach()
    tensor = assert_shape(actual, tuple(due.shape), what=what, mistake=mistake).detach()
    if check_dtype and tensor.dtype != due.dtype:
        message = both("wrong_dtype", got=_dtype(tensor), due=_dtype(due))
        raise CheckFailed(join(what, message), actual=tensor, expected=due, mistake=mistake, relation="dtype")
    default_rtol, default_atol = TOLERANCES.get(due.dtype, (0.0, 0.0))
    allowed_rtol = (default_rtol if rtol is None else rtol) * _slack.get()
    allowed_atol = (default_atol if atol is None else atol) * _slack.get()
    exact = _exact(tensor), _exact(due)
    if torch.isclose(*exact, rtol=allowed_rtol, atol=allowed_atol).all():
        return
    raise CheckFailed(
        join(what, describe_difference(tensor, due, rtol=allowed_rtol, atol=allowed_atol)),
        actual=tensor,
        expected=due,
        mistake=mistake,
    )


def assert_unchanged(
    tensor: torch.Tensor,
    before: torch.Tensor,
    name: str,
    *,
    requires_grad: bool | None = None,
    mistake: str | None = None,
) -> None:
    """Fail unless the argument `name` still has the contents of `before`, and `requires_grad` where it is given."""
    if requires_grad is not None and tensor.requires_grad != requires_grad:
        message = both("switched_grad", name=name, before=requires_grad, after=tensor.requires_grad)
        raise CheckFailed(message, mistake=mistake, relation="changed_input")
    same = tensor.shape == before.shape and tensor.dtype == before.dtype
    if not (same and torch.equal(tensor.detach(), before.detach())):
        message = both("changed_input", name=name, before=show_tensor(before), after=show_tensor(tensor))
        raise CheckFailed(message, mistake=mistake, relation="changed_input")


def describe_difference(actual: torch.Tensor, expected: torch.Tensor, *, rtol: float, atol: float) -> Text:
    """Return how two tensors of one shape differ, in the manner of torch.testing."""
    left, right = _exact(actual), _exact(expected)
    wrong = ~torch.isclose(left, right, rtol=rtol, atol=atol)
    gap = (left - right).abs().nan_to_num(nan=float("inf"), posinf=float("inf"))
    gap[~wrong] = -1
    worst = int(gap.flatten().argmax()) if gap.numel() else 0
    here, there = left.flatten()[worst].item(), right.flatten()[worst].item()
    # Where seven digits look alike, all of them are shown.
    show = repr if show_number(here) == show_number(there) else show_number
    return both(
        "values_differ",
        got=show_tensor(actual),
        due=show_tensor(expected),
        wrong=int(wrong.sum()),
        total=wrong.numel(),
        percent=f"{100 * wrong.double().mean().item():.3g}",
        gap=show_number(gap.flatten()[worst].item()),
        place=_place(worst, tuple(gap.shape)),
        here=show(here),
        there=show(there),
        atol=f"{atol:.3g}",
        rtol=f"{rtol:.3g}",
    )


def _place(index: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the position of a flat index; torch.unravel_index would import sympy for it."""
    place: list[int] = []
    for size in reversed(shape):
        place.insert(0, index % size)
        index //= size
    return tuple(place)


def _assert_number(
    actual: object, expected: float, *, rtol: float | None, atol: float | None, what: Text | None, mistake: str | None
) -> None:
    if isinstance(actual, NumpyValue) and not actual.tensor.dim():
        actual = actual.tensor.item()
    if isinstance(actual, bool) or not isinstance(actual, int | float):
        message = both("returned_none") if actual is None else both("not_a_number", got=show_object(actual))
        raise CheckFailed(join(what, message), mistake=mistake)
    try:
        number = float(actual)
    except OverflowError:
        number = float("inf") if actual > 0 else -float("inf")
    left, right = torch.tensor(number, dtype=torch.float64), torch.tensor(float(expected), dtype=torch.float64)
    default_rtol, default_atol = TOLERANCES[torch.float64]
    try:
        assert_close(
            left, right, rtol=default_rtol if rtol is None else rtol, atol=default_atol if atol is None else atol
        )
    except CheckFailed as failed:
        raise CheckFailed(join(what, failed.text), actual=left, expected=right, mistake=mistake) from None


def _exact(tensor: torch.Tensor) -> torch.Tensor:
    return tensor if tensor.is_complex() else tensor.double()


def _dtype(tensor: torch.Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")
