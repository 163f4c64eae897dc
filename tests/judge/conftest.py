"""Fixtures of the judge's tests: code under test in this process, or in a confined worker."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from grader.judge.link import LocalLink
from grader.judge.session import grade
from grader.judge.student import Courier, Student
from grader.model import Course, Exercise, GradeOptions, GradeRequest, Limits, Text
from grader.worker.nursery import Nursery
from grader.worker.preload import preload

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from grader.model import Lang, Report
    from grader.worker.place import Starter
    from grader.worker.wire import Reply, Request


@pytest.fixture(scope="session", autouse=True)
def late_imports() -> None:
    """Import what torch imports at its first operation on `meta`: longer than a rehearsal may take."""
    preload(["torch._dynamo"])


class FakeLink:
    """A link that answers with crafted replies, under the id that is due."""

    def __init__(self, *replies: Reply) -> None:
        self.requests: list[Request] = []
        self._replies = list(replies)

    def ask(self, request: Request) -> Reply:
        """Return the next reply."""
        self.requests.append(request)
        return self._replies.pop(0)


def student_of(**names: Any) -> Student:
    """Return the student whose file defines these names."""
    return Student(Courier(LocalLink(names), seed=0))


def liar(*replies: Reply) -> Student:
    """Return a student whose worker sends these replies."""
    return Student(Courier(FakeLink(*replies), seed=0))


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Return the nursery that forks workers."""
    if sys.platform != "linux":
        pytest.skip("workers are forked on Linux alone")
    with Nursery.fork() as opened:
        yield opened


SOLUTION = """
def f(x):
    return x * 3


def g(n):
    return n + 1
"""
CHECKS = '''
from grader.judge import assert_close, assert_unchanged, check, expect


@check(zh="值")
def test_values(student, draw):
    """Each element is three times that of x."""
    x = draw.normal(3, 2)
    assert_close(student.f(x), x * 3)


@check(zh="梯度", weight=2, needs=("test_values",))
def test_gradient(student, draw):
    """The gradient of f is three."""
    x = draw.normal(4).requires_grad_()
    student.f(x).sum().backward()
    assert_close(x.grad, x.detach() * 0 + 3)


@check(zh="计数")
def test_count(student, draw):
    """One is added to n."""
    n = draw.integer(10, 99)
    found = student.g(n)
    expect(found == n + 1, f"{n + 1} is due, {found} came back", f"应为 {n + 1}，返回了 {found}")
'''
MISTAKES = """
from grader.judge import Text, mistake


@mistake("f", title=Text("Three is added", "加了三"), advice=Text("Multiply by three.", "请乘以三。"))
def added(x):
    return x + 3


@mistake("f", title=Text("The graph is cut", "计算图被切断"), advice=Text("Leave detach() out.", "不要 detach()。"))
def detached(x):
    return x.detach() * 3


@mistake("f", title=Text("It never ends", "永不结束"), advice=Text("Stop.", "停。"))
def endless(x):
    while True:
        pass


@mistake("g", title=Text("One is taken away", "减了一"), advice=Text("Add one.", "请加一。"))
def taken(n):
    return n - 1
"""


class WriteExercise(Protocol):
    """Writes a course of one exercise and loads it."""

    def __call__(self, *, checks: str = CHECKS, mistakes: str = MISTAKES, solution: str = SOLUTION) -> Course:
        """Do it."""
        ...


@pytest.fixture
def write_exercise(tmp_path: Path) -> WriteExercise:
    """Return a function that writes a course of one exercise, which nobody else's is named like."""

    def write(*, checks: str = CHECKS, mistakes: str = MISTAKES, solution: str = SOLUTION) -> Course:
        root = tmp_path / "course" / "exercises"
        name = f"ex01_{tmp_path.name.lower()}"
        folder = root / name
        folder.mkdir(parents=True)
        (root.parent / "solutions").mkdir()
        answer = root.parent / "solutions" / f"{name}.py"
        for path, text in ((folder / "checks.py", checks), (folder / "mistakes.py", mistakes), (answer, solution)):
            path.write_text(text, encoding="utf-8")
        title = Text("Three times", "三倍")
        exercise = Exercise("ex1", name.removeprefix("ex01_"), folder, 1, title, 10.0, ("f", "g"), (), answer)
        return Course(root, title, (), (exercise,))

    return write


class Grade(Protocol):
    """Grades a source; `limits` are those of `Limits`."""

    def __call__(self, source: str | bytes, *, course: Course | None = None, seed: int = 1, **options: Any) -> Report:
        """Do it."""
        ...


@pytest.fixture
def grade_source(write_exercise: WriteExercise, tmp_path: Path, nursery: Nursery) -> Grade:
    """Return a function that grades a source with a confined worker for each check."""
    written: list[Course] = []

    def run(
        source: str | bytes,
        *,
        course: Course | None = None,
        seed: int = 1,
        lang: Lang = "en",
        device: str = "auto",
        starter: Starter | None = None,
        **limits: float,
    ) -> Report:
        if course is None:
            written[:] = written or [write_exercise()]
            (course,) = written
        exercise = course.exercises[0]
        folder = tmp_path / "practice"
        folder.mkdir(exist_ok=True)
        file = folder / exercise.file_name
        file.write_bytes(source if isinstance(source, bytes) else source.encode())
        options = GradeOptions(
            course=course,
            seed=seed,
            lang=lang,
            device=device,
            limits=Limits(**limits),  # type: ignore[arg-type]
        )
        return grade(GradeRequest(exercise, file), options=options, starter=starter or nursery).report

    return run
