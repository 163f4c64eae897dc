"""Checks of the conversion."""

from __future__ import annotations

from grader.judge import Draw, Student, assert_close, check


@check(zh="结果是 (f − 32) · 5/9")
def test_values(student: Student, draw: Draw) -> None:
    """The result is (f − 32) · 5/9."""
    for _ in range(3):
        fahrenheit = draw.number(60.0, 400.0)
        assert_close(student.celsius(fahrenheit), (fahrenheit - 32) * 5 / 9)


@check(zh="水在 32 °F 结冰", needs=("test_values",))
def test_freezing(student: Student) -> None:
    """Water freezes at 32 °F."""
    assert_close(student.celsius(32.0), 0.0)
