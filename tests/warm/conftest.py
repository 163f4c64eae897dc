"""A real warm process over a course of one exercise."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Protocol

import pytest

from grader.course import load_course
from grader.model import GradeOptions, GradeRequest
from grader.warm import WarmProcess
from tests.small_course import CHAPTERS, line, write_exercise

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from grader.model import Course

RIGHT = "def f(x):\n    return x * 2\n"
WRONG = "def f(x):\n    return x * 3\n"
CHECKS = '''
from grader.judge import assert_close, check, expect


@check(zh="值")
def test_values(student, draw):
    """Each element is doubled."""
    x = draw.normal(3)
    assert_close(student.f(x), x * 2)


@check(zh="符号")
def test_negative(student, draw):
    """Negative numbers too."""
    x = -draw.normal(3).abs()
    assert_close(student.f(x), x * 2)


@check(zh="空")
def test_empty(student, draw):
    """No numbers at all are fine."""
    x = draw.normal(0)
    expect(student.f(x).shape == (0,), en="Not empty.", zh="不是空的。")
'''


def write_small(root: Path) -> Course:
    """Write a course of one exercise that doubles, and return it."""
    folder = root / "exercises" / "ex01_double"
    write_exercise(folder)
    (folder / "checks.py").write_text(CHECKS, encoding="utf-8")
    folder.with_name("course.toml").write_text(CHAPTERS + line("ex01_double"), encoding="utf-8")
    return load_course(folder.parent)


class Ask(Protocol):
    """Writes a learner's file and returns the request for it and the options."""

    def __call__(self, source: str, *, name: str = "ex01_double.py") -> tuple[GradeRequest, GradeOptions]:
        """Do it."""
        ...


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Return the course of one exercise."""
    return write_small(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="session")
def shared_warm(course: Course) -> Iterator[WarmProcess]:
    """Return a warm process that several tests use, none of which harms it."""
    process = WarmProcess(course)
    yield process
    process.close()


@pytest.fixture
def warm(course: Course) -> Iterator[WarmProcess]:
    """Return a warm process that one test may harm."""
    process = WarmProcess(course)
    yield process
    process.close()


@pytest.fixture
def ask(course: Course, tmp_path: Path) -> Ask:
    """Return a function that asks for a source text, each in a folder of its own."""
    numbers = count(1)

    def make(source: str, *, name: str = "ex01_double.py") -> tuple[GradeRequest, GradeOptions]:
        folder = tmp_path / f"learner{next(numbers)}"
        folder.mkdir()
        file = folder / name
        file.write_text(source, encoding="utf-8")
        return GradeRequest(course.exercises[0], file), GradeOptions(course=course, seed=7, lang="en")

    return make
