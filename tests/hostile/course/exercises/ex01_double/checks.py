"""Checks of the doubling: values and gradient."""

from __future__ import annotations

from grader.judge import Draw, Student, assert_close, check

CANARY = "a line of the checks: nightjar-" + "checks"


@check(zh="每个元素都加倍")
def test_values(student: Student, draw: Draw) -> None:
    """Each element is doubled."""
    x = draw.normal(4, 3)
    due = 2 * x
    assert_close(student.double(x), due)


@check(zh="梯度是 2", needs=("test_values",))
def test_gradient(student: Student, draw: Draw) -> None:
    """The gradient is 2 everywhere."""
    x, weights = draw.normal(5).requires_grad_(), draw.uniform(5, low=0.5, high=2.0)
    (student.double(x) * weights).sum().backward()
    assert_close(x.grad, 2 * weights)
