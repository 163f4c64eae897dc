"""What the learner works on: the exercises and their standings, the one open, and what its last grading said."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

import msgspec

from grader.course import load_hints, read_after
from grader.errors import GraderError
from grader.model import CheckResult, Exercise, Graded, Hint, Lang, Plot, Report, Status
from grader.practice import digest_of
from grader.progress import ExerciseSummary, Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from grader.practice import Practice

_Value = TypeVar("_Value")


class Stage(StrEnum):
    """How far the grading of an exercise is."""

    NONE = "none"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAULT = "fault"


class Filter(StrEnum):
    """Which exercises the list shows."""

    ALL = "all"
    DONE = "done"
    PENDING = "pending"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The last grading of one exercise, as far as it has come.

    `digest` is of the file as it was when the grading began, and `seed` and `lang` what it was asked for.
    """

    stage: Stage = Stage.NONE
    checks: tuple[CheckResult, ...] = ()
    graded: Graded | None = None
    plot: Plot | None = None
    error: GraderError | None = None
    seed: int = 0
    lang: Lang = "en"
    digest: str | None = None

    @property
    def report(self) -> Report | None:
        """The verdict, if there is one."""
        return None if self.graded is None else self.graded.report

    @property
    def outputs(self) -> tuple[tuple[str, CheckResult], ...]:
        """What the learner's code printed, each text once, with the first check that shows it."""
        seen: dict[str, CheckResult] = {}
        for check in self.checks:
            if check.output.strip():
                seen.setdefault(check.output, check)
        return tuple(seen.items())

    @property
    def first_failed(self) -> int:
        """The row of the first check that has something to say against the code, or of the first."""
        harmless = (Status.PASSED, Status.SKIPPED)
        return next((nth for nth, check in enumerate(self.checks) if check.status not in harmless), 0)


_NOTHING = Outcome()


class Desk:
    """The state of one run of the terminal program; it draws nothing and starts nothing."""

    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        self.course = practice.course
        self.first_error: GraderError | None = None
        self._summary: dict[str, ExerciseSummary] = dict(self._tried(practice.summary) or {})
        self.settings: Mapping[str, str] = self._tried(practice.settings) or {}
        self.filter = Filter.ALL
        self.query = ""
        self._outcomes: dict[str, Outcome] = {}
        self._hints: dict[str, tuple[Hint, ...]] = {}
        self.current = self._first_open()

    @property
    def file(self) -> Path:
        """The learner's file of the open exercise."""
        return self.practice.file(self.current)

    @property
    def outcome(self) -> Outcome:
        """The last grading of the open exercise."""
        return self.outcome_of(self.current)

    @property
    def passed(self) -> int:
        """How many exercises are passed."""
        return sum(self.standing(each) is Standing.PASSED for each in self.course.exercises)

    def outcome_of(self, exercise: Exercise) -> Outcome:
        """Return the last grading of `exercise`."""
        return self._outcomes.get(exercise.id, _NOTHING)

    def keep(self, exercise: Exercise, outcome: Outcome) -> None:
        """Make `outcome` the last grading of `exercise`."""
        self._outcomes[exercise.id] = outcome

    def standing(self, exercise: Exercise) -> Standing:
        """Return how far the learner is with `exercise`."""
        return self._line(exercise).standing

    def hints_taken(self, exercise: Exercise) -> int:
        """Return how many hints of `exercise` are open."""
        return self._line(exercise).hints

    def hints(self, exercise: Exercise) -> tuple[Hint, ...]:
        """Return all hints of `exercise`.

        Raises:
            CourseError: they cannot be read.
        """
        if exercise.id not in self._hints:
            self._hints[exercise.id] = load_hints(exercise)
        return self._hints[exercise.id]

    def after(self, lang: Lang) -> str:
        """Return what the course says after a pass of the open exercise, once it is passed now."""
        if self.outcome.report is None or not self.outcome.report.passed:
            return ""
        try:
            return read_after(self.current, lang)
        except GraderError:
            # The verdict matters more than the words that follow it.
            return ""

    def open_hint(self) -> bool:
        """Open one more hint of the open exercise and say whether there was one left."""
        line = self._line(self.current)
        if line.hints >= len(self.hints(self.current)):
            return False
        self._summary[self.current.id] = msgspec.structs.replace(line, hints=line.hints + 1)
        return True

    def note_verdict(self, exercise: Exercise, report: Report) -> None:
        """Let the list know of a verdict; one pass counts for good."""
        line = self._line(exercise)
        passed = report.passed or line.standing is Standing.PASSED
        self._summary[exercise.id] = msgspec.structs.replace(
            line, standing=Standing.PASSED if passed else Standing.ATTEMPTED, attempts=line.attempts + 1
        )

    def next_unfinished(self) -> Exercise | None:
        """Return the first exercise after the open one that is not passed, from the start again if need be."""
        exercises = self.course.exercises
        start = exercises.index(self.current) + 1
        around = exercises[start:] + exercises[:start]
        return next((each for each in around if self.standing(each) is not Standing.PASSED), None)

    def visible(self) -> tuple[Exercise, ...]:
        """Return the exercises that the filter and the search leave."""
        return tuple(each for each in self.course.exercises if self._fits(each) and self._matches(each))

    def started(self) -> tuple[Exercise, ...]:
        """Return the exercises whose file is there and is not the stub any more."""
        found = []
        for exercise in self.course.exercises:
            digest = digest_if_there(self.practice.file(exercise))
            if digest is not None and digest != digest_if_there(exercise.stub):
                found.append(exercise)
        return tuple(found)

    def exercise_of(self, file: Path) -> Exercise | None:
        """Return the exercise that `file` is about."""
        return next((each for each in self.course.exercises if each.file_name == file.name), None)

    def _first_open(self) -> Exercise:
        remembered = self.settings.get("exercise")
        exercises = self.course.exercises
        unfinished = (each for each in exercises if self.standing(each) is not Standing.PASSED)
        last = next((each for each in exercises if each.id == remembered), None)
        return last or next(unfinished, exercises[0])

    def _line(self, exercise: Exercise) -> ExerciseSummary:
        return self._summary.get(exercise.id) or ExerciseSummary(exercise=exercise.id)

    def _fits(self, exercise: Exercise) -> bool:
        if self.filter is Filter.ALL:
            return True
        return (self.standing(exercise) is Standing.PASSED) == (self.filter is Filter.DONE)

    def _matches(self, exercise: Exercise) -> bool:
        title = exercise.title
        texts = (exercise.id, exercise.name, exercise.slug, exercise.slug.replace("_", " "), title.en, title.zh)
        text = "\n".join(texts).casefold()
        return all(word in text for word in self.query.casefold().split())

    def _tried(self, read: Callable[[], Mapping[str, _Value]]) -> Mapping[str, _Value] | None:
        # A record that cannot be read must not keep anyone from practising.
        try:
            return read()
        except GraderError as error:
            self.first_error = error
            return None


def digest_if_there(path: Path) -> str | None:
    """Return the SHA-256 of an ordinary file that can be read, or nothing."""
    try:
        return digest_of(path) if path.is_file() else None
    except (GraderError, OSError):
        return None
