"""Downloads as instructors have them, and what intake makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from grader.batch.intake import read_submissions
from grader.batch.records import Handin, Intake, Source
from grader.course import load_course

if TYPE_CHECKING:
    from pathlib import Path

    from grader.model import Exercise


class Class:
    """A folder of submissions, and the course that they are for."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.known = load_course().exercises

    def put(self, path: str, data: str | bytes = "x = 1\n") -> Path:
        """Write a file below the folder."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data.encode() if isinstance(data, str) else data)
        return file

    def exercises(self, *ids: str) -> tuple[Exercise, ...]:
        """Return the exercises with `ids`, or all."""
        return tuple(exercise for exercise in self.known if not ids or exercise.id in ids)

    def read(self, *ids: str, path: Path | None = None) -> Intake:
        """Take in the folder, or what lies at `path`, for the exercises with `ids`, or for all."""
        return read_submissions(Source(path or self.root, self.exercises(*ids), self.known))


class OneHandin(Protocol):
    """Returns the handin of a student for an exercise."""

    def __call__(self, intake: Intake, student: str = "ada", exercise: str = "ex3") -> Handin:
        """Do it."""
        ...


@pytest.fixture
def klass(tmp_path: Path) -> Class:
    """Return an empty class."""
    root = tmp_path / "class"
    root.mkdir()
    return Class(root)


@pytest.fixture
def one() -> OneHandin:
    """Return a function that finds the one handin of a student for an exercise."""

    def find(intake: Intake, student: str = "ada", exercise: str = "ex3") -> Handin:
        found = [each for each in intake.handins if (each.student, each.exercise) == (student, exercise)]
        assert len(found) == 1, [(each.student, each.exercise, each.file) for each in intake.handins]
        return found[0]

    return find
