"""What a verdict depends on, and what it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from grader.batch.digest import engine_digest, exercise_digest, fingerprint
from grader.batch.records import SourceFile
from grader.course import load_course
from grader.errors import WorkspaceError
from grader.model import GradeOptions, Limits, Text
from tests.batch.classroom import RIGHT, WRONG, handin

if TYPE_CHECKING:
    from pathlib import Path

    from grader.batch.records import Handin
    from grader.model import Course
    from tests.small_course import WriteCourse


@pytest.fixture
def course(course_root: Path) -> Course:
    """Return a small course."""
    return load_course(course_root)


@pytest.mark.parametrize("name", ["checks.py", "mistakes.py", "shared.py", "data.json"])
def test_what_decides_in_an_exercise(course: Course, name: str) -> None:
    """Checks, mistakes and whatever lies beside them count, for their own exercise alone."""
    exercise, other = course.exercises[:2]
    before, others = exercise_digest(exercise), exercise_digest(other)
    (exercise.folder / name).write_text("CHANGED = 1\n", encoding="utf-8")
    assert exercise_digest(exercise) != before
    assert exercise_digest(other) == others


def test_the_reference_counts(course: Course) -> None:
    """Mistakes borrow names from it."""
    before = exercise_digest(course.exercises[0])
    course.exercises[0].solution.write_text("CHANGED = 1\n", encoding="utf-8")
    assert exercise_digest(course.exercises[0]) != before


@pytest.mark.parametrize("name", ["task.en.md", "task.zh.md", "after.en.md", "hints.toml", "stub.py", "plot.py"])
def test_what_decides_nothing(course: Course, name: str) -> None:
    """Tasks, hints, stubs and plots may be mended after the class was graded."""
    before = exercise_digest(course.exercises[0])
    (course.exercises[0].folder / name).write_text("# Mended.\n", encoding="utf-8")
    assert exercise_digest(course.exercises[0]) == before


def test_bytecode_decides_nothing(course: Course) -> None:
    """What Python leaves behind is nobody's change."""
    before = exercise_digest(course.exercises[0])
    cache = course.exercises[0].folder / "__pycache__"
    cache.mkdir()
    (cache / "checks.cpython-311.pyc").write_bytes(b"x")
    assert exercise_digest(course.exercises[0]) == before


def test_points_count_and_titles_do_not(write_course: WriteCourse) -> None:
    """Scores depend on the points, nothing on a title."""
    exercise = load_course(write_course()).exercises[0]
    before = exercise_digest(exercise)
    assert exercise_digest(msgspec.structs.replace(exercise, points=20.0)) != before
    assert exercise_digest(msgspec.structs.replace(exercise, title=Text("Other", "别的"))) == before


def test_an_exercise_that_cannot_be_read_is_said(course: Course) -> None:
    """A course on a drive that went away is an error of the family that users see."""
    course.exercises[0].solution.unlink()
    with pytest.raises(WorkspaceError):
        exercise_digest(course.exercises[0])


def test_the_engine_is_the_same_from_call_to_call() -> None:
    """Nothing of the moment is in it."""
    assert engine_digest() == engine_digest()


MATES = (SourceFile("a.py", b"A = 1\n"), SourceFile("b.py", b"B = 1\n"))


@pytest.mark.parametrize(
    "changed",
    [
        handin("amy", source=WRONG, beside=MATES),
        handin("amy", "ex2", beside=MATES),
        handin("amy", beside=MATES[:1]),
        handin("amy", beside=(MATES[0], SourceFile("b.py", b"B = 2\n"))),
        handin("amy", beside=(MATES[0], SourceFile("c.py", b"B = 1\n"))),
        # The same bytes, otherwise divided.
        handin("amy", beside=(SourceFile("a.py", b"A = 1\nB"), SourceFile("b.py", b" = 1\n"))),
    ],
)
def test_every_file_counts(course: Course, changed: Handin) -> None:
    """The file itself, its name, and each file beside it by name and content."""
    options = GradeOptions(course=course, seed=1, lang="en")
    one = fingerprint(handin("amy", beside=MATES), engine="e", exercise="x", options=options)
    assert fingerprint(changed, engine="e", exercise="x", options=options) != one


def test_who_handed_in_and_in_which_order_files_came_does_not_count(course: Course) -> None:
    """Equal work has an equal verdict, whoever it is from and wherever it lay."""
    options = GradeOptions(course=course, seed=1, lang="en")
    one = fingerprint(handin("amy", beside=MATES), engine="e", exercise="x", options=options)
    assert fingerprint(handin("bo", beside=MATES[::-1]), engine="e", exercise="x", options=options) == one


def test_every_option_counts(course: Course) -> None:
    """Seed, language, device and limits; engine and exercise too."""
    work = handin("amy", source=RIGHT)
    options = GradeOptions(course=course, seed=1, lang="en")
    others = [
        msgspec.structs.replace(options, seed=2),
        msgspec.structs.replace(options, lang="zh"),
        msgspec.structs.replace(options, device="cuda"),
        msgspec.structs.replace(options, limits=Limits(wall_s=2.0)),
    ]
    prints = {fingerprint(work, engine="e", exercise="x", options=each) for each in (options, *others)}
    prints.add(fingerprint(work, engine="f", exercise="x", options=options))
    prints.add(fingerprint(work, engine="e", exercise="y", options=options))
    assert len(prints) == 7
