"""What `grader watch` knows at a moment."""

from __future__ import annotations

import shlex
import time
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import GraderError
from grader.sanitise import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.cli.app import App
    from grader.model import CheckResult, Course, Exercise, Hint, Report

_LONGEST = 100_000
# A verdict that comes sooner replaces the last one at once; only then checks appear one by one.
SUDDEN_S = 0.25


class Mode(Enum):
    """What is read."""

    REPORT = "report"
    TASK = "task"
    LIST = "list"
    DIFF = "diff"
    KEYS = "keys"


class Work:
    """What is known of the exercise that is watched."""

    def __init__(self, exercise: Exercise, file: Path) -> None:
        self.exercise = exercise
        self.file = file
        self.hints: Sequence[Hint] = ()
        self.hints_taken = 0
        self.report: Report | None = None
        self.graded_at = ""
        self.checks: list[CheckResult] = []
        self.error: Exception | None = None

    @property
    def untouched(self) -> bool:
        """Say whether the file is still the stub."""
        try:
            return self.file.read_bytes() == self.exercise.stub.read_bytes()
        except OSError:
            return False


class State:
    """All that decides what is on the screen; `since` is when the grading under way began, if there is one."""

    def __init__(self, app: App, course: Course, work: Work) -> None:
        self.course = course
        self.work = work
        self.screen = app.screen
        self.texts = app.texts
        self.standings: dict[str, str] = {}
        self.mode = Mode.REPORT
        self.chosen = 0
        self.notice = ""
        self.since: float | None = None
        self.quiet = False
        self._app = app

    @property
    def live(self) -> bool:
        """Say whether the checks of the grading under way are shown as they end."""
        if self.since is None or self.quiet:
            return False
        return self.work.report is None or time.monotonic() - self.since >= SUDDEN_S

    @property
    def place(self) -> int:
        """Where in the course the exercise stands, from 0."""
        return self.course.exercises.index(self.work.exercise)

    @property
    def passed(self) -> int:
        """How many exercises are passed."""
        return sum(map(self.is_passed, self.course.exercises))

    def is_passed(self, exercise: Exercise) -> bool:
        """Say whether `exercise` was passed, now or ever."""
        report = self.work.report if exercise is self.work.exercise else None
        return self.standings.get(exercise.id) == "passed" or (report is not None and report.passed)

    def standing(self, exercise: Exercise) -> str:
        """Return how far the learner is with `exercise`."""
        return "passed" if self.is_passed(exercise) else self.standings.get(exercise.id, "never")

    def next_unfinished(self) -> Exercise | None:
        """Return the next exercise that is not passed, behind this one and then from the start."""
        exercises = self.course.exercises
        others = (*exercises[self.place + 1 :], *exercises[: self.place])
        return next((each for each in others if not self.is_passed(each)), None)

    def say(self, key: str, /, **params: object) -> str:
        """Return a text in the language of the moment, its paths shown from the current folder."""
        shown = {name: self.shown(value) if isinstance(value, Path) else value for name, value in params.items()}
        return plain(self.texts.say(key, **shown), _LONGEST)

    def explain(self, error: Exception) -> str:
        """Return what is to be said of `error`."""
        if isinstance(error, GraderError):
            return self.say(error.key, **error.params)
        return self.say("error.internal", kind=type(error).__name__, detail=error)

    def shown(self, path: Path) -> str:
        """Return `path` as the learner would type it."""
        return self._app.shown(path)

    def replay(self, report: Report) -> str:
        """Return the command that repeats `report`."""
        words = ["grader", "check", report.exercise, "--seed", str(report.seed)]
        if self._app.course_option is not None:
            words += ["--course", str(self._app.course_option)]
        return shlex.join(words)
