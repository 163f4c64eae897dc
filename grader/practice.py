"""A learner at work: one course, one workspace, and the record of what was done there."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

from grader.durable import doing
from grader.progress import Attempt, Progress
from grader.texts import Phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from grader.model import Course, Exercise, Graded
    from grader.progress import ExerciseSummary, MistakeCount
    from grader.workspace import Workspace

_SEED_BITS = 31


class Practice:
    """What `check`, `watch` and the terminal program know of one workspace.

    `on_damage` is told where a damaged record was put before a new one was begun.
    Every method that reads or writes the record raises WorkspaceError where it cannot.
    """

    def __init__(
        self, course: Course, workspace: Workspace, on_damage: Callable[[Path], None] = lambda _: None
    ) -> None:
        self.course = course
        self.workspace = workspace
        self._on_damage = on_damage

    def file(self, exercise: Exercise) -> Path:
        """Return the learner's file for `exercise`."""
        return self.workspace.submission_path(exercise)

    def summary(self) -> Mapping[str, ExerciseSummary]:
        """Return what was done so far, by exercise id; what was never tried is not in it."""
        with self._open(write=False) as progress:
            return progress.summary()

    def passed(self) -> frozenset[str]:
        """Return the ids of the exercises that were passed."""
        return frozenset(each.exercise for each in self.summary().values() if each.standing == "passed")

    def next_unfinished(self, after: Exercise | None = None) -> Exercise | None:
        """Return the first exercise not passed yet, in teaching order from `after` on, then from the start."""
        exercises = self.course.exercises
        start = 0 if after is None else exercises.index(after) + 1
        passed = self.passed()
        return next((each for each in exercises[start:] + exercises[:start] if each.id not in passed), None)

    def record(self, graded: Graded) -> None:
        """Keep a verdict as an attempt."""
        report = graded.report
        attempt = Attempt(
            exercise=report.exercise,
            passed=report.passed,
            status=report.status,
            score=report.score,
            max_score=report.max_score,
            seed=report.seed,
            seconds=report.seconds,
            mistake=None if report.mistake is None else report.mistake.id,
            sha256=graded.sha256,
        )
        with self._open(write=True) as progress:
            progress.record_attempt(attempt)

    def mistakes(self) -> tuple[MistakeCount, ...]:
        """Return the mistakes made, the most frequent first."""
        with self._open(write=False) as progress:
            return progress.mistakes()

    def hints_taken(self, exercise: Exercise) -> int:
        """Return how many hints of `exercise` were taken."""
        with self._open(write=False) as progress:
            return progress.hints_taken(exercise.id)

    def take_hint(self, exercise: Exercise, *, available: int) -> int:
        """Count one more hint, up to those `available`, and return how many are taken."""
        with self._open(write=True) as progress:
            return progress.take_hint(exercise.id, available=available)

    def settings(self) -> Mapping[str, str]:
        """Return what `remember` kept."""
        with self._open(write=False) as progress:
            return progress.settings()

    def remember(self, name: str, value: str) -> None:
        """Keep a setting (the exercise last open, the theme) for the next run."""
        with self._open(write=True) as progress:
            progress.remember(name, value)

    @contextmanager
    def _open(self, *, write: bool) -> Iterator[Progress]:
        with Progress(self.workspace.progress_path, write=write) as progress:
            if progress.moved_aside is not None:
                self._on_damage(progress.moved_aside)
            yield progress


def fresh_seed() -> int:
    """Return a seed that nobody can guess."""
    return secrets.randbits(_SEED_BITS)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal.

    Raises:
        WorkspaceError: it cannot be read.
    """
    with doing(Phrase("action.read"), path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
