"""Comparisons of checks: what passes, and what is said of what does not."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grader.judge.compare import (
    TOLERANCES,
    assert_close,
    assert_shape,
    assert_tensor,
    assert_unchanged,
    both,
    expect,
    fail,
    join,
    tolerating,
)
from grader.judge.student import NumpyValue
from grader.judge.verdicts import CheckFailed
from grader.model import Text
from tests.wire_values import FLOATS, tensors

# torch says once in a process that it is not sure of complex32.
pytestmark = pytest.mark.filterwarnings("ignore:ComplexHalf support")
WHAT = Text("in step 2", "第 2 步")


def failure(check: Any, *args: Any, **kwargs: Any) -> CheckFailed:
    """Return the failure of a comparison that must fail, said in both languages."""
    with pytest.raises(CheckFailed) as caught:
        check(*args, **kwargs)
    assert caught.value.text.en
    assert caught.value.text.zh != caught.value.text.en
    return caught.value


@given(tensors())
def test_what_is_equal_passes(tensor: torch.Tensor) -> None:
    """A tensor is close to its copy, unless it holds NaN; every dtype can be compared."""
    copy = tensor.clone()
    has_nan = bool((tensor != tensor).any()) if tensor.dtype.is_floating_point or tensor.is_complex() else False  # noqa: PLR0124
    if has_nan:
        failure(assert_close, copy, tensor)
    else:
        assert_close(copy, tensor)


@given(tensors(FLOATS, layouts=False), st.integers(0, 63))
def test_one_wrong_element_fails(tensor: torch.Tensor, place: int) -> None:
    """A single element off by more than the tolerance is found, wherever it lies."""
    due = tensor.nan_to_num(nan=0.0, posinf=1.0, neginf=-1.0).clamp(-100, 100)
    if not due.numel():
        return
    wrong = due.clone()
    wrong.view(-1)[place % due.numel()] += 8
    found = failure(assert_close, wrong, due)
    assert "1 of " in found.text.en


def test_a_difference_is_told_as_torch_testing_tells_it() -> None:
    """Both tensors, how many differ, the largest difference, where, and what was allowed."""
    due = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    found = failure(assert_close, due + torch.tensor([[0.0, 0.5], [0.0, 0.25]]), due, what=WHAT)
    assert found.text.en == (
        "in step 2\n"
        "came back: float32 (2, 2) [[1, 2.5], [3, 4.25]]\n"
        "expected:  float32 (2, 2) [[1, 2], [3, 4]]\n"
        "2 of 4 elements differ (50%). The largest difference is 0.5, at (0, 1): 2.5 where 2 is due "
        "(allowed: 1e-05 + 0.0001 × |expected|)."
    )
    assert found.text.zh.startswith("第 2 步\n")
    assert found.actual is not None
    assert found.expected is due or torch.equal(found.expected, due)  # type: ignore[arg-type]


def test_a_difference_that_is_allowed_is_not_pointed_at() -> None:
    """The largest difference is that of a wrong element, also where a right one differs more."""
    found = failure(assert_close, torch.tensor([1e6 + 50, 0.5]), torch.tensor([1e6, 0.0]))
    assert "1 of 2 elements differ (50%). The largest difference is 0.5, at (1,)" in found.text.en


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_is_not_finite_is_the_largest_difference(value: float) -> None:
    """NaN and infinity are pointed at before any finite difference."""
    due = torch.tensor([1.0, 2.0, 3.0])
    found = failure(assert_close, torch.tensor([9.0, value, 3.0]), due)
    assert f"The largest difference is inf, at (1,): {value} where 2 is due" in found.text.en


def test_nan_equals_nothing() -> None:
    """A result of NaN never passes, not even where NaN is expected."""
    nan = torch.tensor([float("nan")])
    failure(assert_close, nan, nan)
    failure(assert_close, float("nan"), float("nan"))
    assert_close(torch.tensor([float("inf")]), torch.tensor([float("inf")]))


@pytest.mark.parametrize(("dtype", "tolerance"), TOLERANCES.items())
def test_the_tolerance_follows_the_dtype(dtype: torch.dtype, tolerance: tuple[float, float]) -> None:
    """A difference within the dtype's tolerance passes, one beyond it does not; both can be set."""
    rtol, atol = tolerance
    due = torch.full((2,), 8.0, dtype=dtype)
    step = max(torch.finfo(dtype).eps * 8, 8 * rtol / 2)
    assert_close(due, due.double().add(step / 4).to(dtype), check_dtype=True)
    failure(assert_close, due.double().add(20 * (8 * rtol + atol)).to(dtype), due)
    assert_close(due + 1, due, atol=1.5)
    failure(assert_close, due, due + 1, rtol=0.0, atol=0.5)


def test_integers_and_bools_must_be_equal() -> None:
    """There is no tolerance for what is counted."""
    assert_close(torch.tensor([1, 2]), torch.tensor([1, 2]))
    failure(assert_close, torch.tensor([1, 3]), torch.tensor([1, 2]))
    failure(assert_close, torch.tensor([True]), torch.tensor([False]))


@pytest.mark.parametrize("dtype", [torch.uint16, torch.float8_e5m2, torch.complex64, torch.bool])
def test_odd_dtypes_can_be_compared(dtype: torch.dtype) -> None:
    """Dtypes without much arithmetic are compared by value."""
    one, zero = torch.ones(2).to(dtype), torch.zeros(2).to(dtype)
    assert_close(one, one.clone())
    assert "2 of 2" in failure(assert_close, one, zero).text.en


def test_the_dtype_counts_unless_told_otherwise() -> None:
    """Another dtype fails with both names, and is a relation of its own."""
    found = failure(assert_close, torch.ones(2).double(), torch.ones(2))
    assert found.text.en == "The result is float64, but float32 is due."
    assert found.relation == "dtype"
    assert_close(torch.ones(2).double(), torch.ones(2), check_dtype=False)
    assert_close(torch.ones(2, dtype=torch.int64), torch.ones(2), check_dtype=False)


def test_shapes_are_compared_before_values() -> None:
    """Both shapes are named; nothing is broadcast."""
    found = failure(assert_close, torch.ones(3, 1), torch.ones(3), mistake="column")
    assert found.text.en == "The result has shape (3, 1), but (3,) is due."
    assert (found.mistake, found.relation) == ("column", "shape")
    assert found.expected is not None
    assert tuple(found.expected.shape) == (3,)
    tensor = torch.ones(2, 0)
    assert assert_shape(tensor, (2, 0)) is tensor


def test_a_graph_does_not_stand_in_the_way() -> None:
    """Tensors that want gradients are compared by their values."""
    assert_close(torch.ones(1, requires_grad=True) * 2, torch.full((1,), 2.0))


@pytest.mark.parametrize(
    ("value", "message", "relation"),
    [
        (None, "None came back. Did you forget to return the result?", "none"),
        (NumpyValue(torch.ones(1)), "A NumPy array came back where a torch tensor is due.", None),
        (3.0, "A tensor is due, but 3 came back.", None),
        ([torch.ones(1)], "A tensor is due, but [float32 (1,) [1]] came back.", None),
        ((x for x in ()), "A tensor is due, but <generator> came back.", None),
    ],
    ids=["none", "numpy", "number", "list", "generator"],
)
def test_what_is_no_tensor_is_told(value: object, message: str, relation: str | None) -> None:
    """The message says what came back instead."""
    found = failure(assert_tensor, value)
    assert (found.text.en, found.relation) == (message, relation)
    assert failure(assert_close, value, torch.ones(1), what=WHAT).text.en == f"in step 2\n{message}"


def test_numbers_are_compared_with_numbers() -> None:
    """Where a float is due, a float, an int or a NumPy scalar will do; a bool or a tensor will not."""
    assert_close(1.0 + 1e-9, 1.0)
    assert_close(1, 1.0)
    assert_close(NumpyValue(torch.tensor(1.0)), 1.0)
    found = failure(assert_close, 1.5, 1.0, what=WHAT)
    assert "1.5 where 1 is due" in found.text.en
    for wrong in (True, torch.tensor(1.0), "1", None, NumpyValue(torch.ones(2)), NumpyValue(torch.tensor(1j)), 10**400):
        failure(assert_close, wrong, 1.0)


def test_an_argument_that_changed_is_told() -> None:
    """The message shows it before and after; the same contents pass."""
    before = torch.tensor([1.0, 2.0])
    assert_unchanged(before.clone().requires_grad_(), before, "x")
    found = failure(assert_unchanged, before * 2, before, "x", mistake="in_place")
    assert found.text.en == "The argument x was changed: it was float32 (2,) [1, 2] and now is float32 (2,) [2, 4]."
    assert (found.relation, found.mistake) == ("changed_input", "in_place")
    failure(assert_unchanged, before.reshape(2, 1), before, "x")
    failure(assert_unchanged, before.double(), before, "x")


def test_a_check_may_speak_for_itself() -> None:
    """Expect and fail carry the check's own words and its mistake."""
    expect([1], "never", "从不")
    found = failure(expect, [], "no batch came", "没有批次", mistake="empty")
    assert (found.text, found.mistake) == (Text("no batch came", "没有批次"), "empty")
    assert failure(fail, "en", "zh").text == Text("en", "zh")


def test_texts_are_joined_line_by_line() -> None:
    """Missing parts leave no empty line."""
    assert join(None, WHAT, None, both("returned_none")).en == f"in step 2\n{both('returned_none').en}"


def test_results_of_a_gpu_may_differ_more() -> None:
    """The tolerances of a device hold while its results are compared, and no longer."""
    actual, expected = torch.tensor([1.0005]), torch.tensor([1.0])
    with pytest.raises(CheckFailed):
        assert_close(actual, expected)
    with tolerating("cuda:0"):
        assert_close(actual, expected)
        with pytest.raises(CheckFailed):
            assert_close(actual + 0.001, expected)
    with pytest.raises(CheckFailed):
        assert_close(actual, expected)
