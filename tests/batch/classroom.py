"""Students, files and verdicts for tests of a class."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from grader.batch.records import Handin, SourceFile, Student
from grader.batch.work import Outcome
from grader.model import CheckResult, Report, Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from grader.batch.store import Store
    from grader.model import Text

RIGHT = b"def f(x):\n    return x * 2\n"
WRONG = b"def f(x):\n    return x * 3\n"
NAMES = {"ex1": "ex01_first_steps.py", "ex2": "ex02_second_wind.py", "ex3": "ex03_third_time.py"}


def handin(
    student: str,
    exercise: str = "ex1",
    *,
    source: bytes = RIGHT,
    beside: tuple[SourceFile, ...] = (),
    fault: Text | None = None,
) -> Handin:
    """Return what a student handed in."""
    return Handin(
        student=student,
        exercise=exercise,
        file=f"{student}/{NAMES[exercise]}",
        sha256=sha256(source).hexdigest(),
        source=SourceFile(NAMES[exercise], source),
        beside=beside,
        fault=fault,
    )


def report(exercise: str = "ex1", *, status: Status = Status.PASSED, score: float = 10.0, message: str = "") -> Report:
    """Return a verdict of one check."""
    check = CheckResult("test_f", "f", status, score, 10.0, message, None, 0.1)
    return Report(
        exercise, exercise, status is Status.PASSED, status, score, 10.0, "cpu", 7, 0.2, "full", None, (check,)
    )


def graded(student: str, exercise: str = "ex1", *, score: float = 10.0) -> Outcome:
    """Return a verdict that was reached."""
    return Outcome(student=student, exercise=exercise, report=report(exercise, score=score))


def take_in(
    store: Store, *handins: Handin, settings: Mapping[str, str] | None = None, more: tuple[str, ...] = ()
) -> None:
    """Let a store know of a class: whoever handed in, and `more` students."""
    students = dict.fromkeys([*(each.student for each in handins), *more])
    store.take_in([Student(id=each) for each in students], handins, [], _fingerprint, settings or {})


def write_class(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write the files of a class, by their paths below `folder`, and return that."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def _fingerprint(handed_in: Handin) -> str:
    return sha256(b"".join([handed_in.source.data, *(each.data for each in handed_in.beside)])).hexdigest()
