"""What a class did, counted: the numbers behind the report."""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING

import msgspec

from grader.batch.records import Book, Row, Student
from grader.batch.report.tally import Tally
from grader.model import Exercise, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.batch.report.tally import Seen

BINS = 10
_TAUGHT_AGAIN = 3
_HARDEST_CHECKS = 3


class StatusCount(msgspec.Struct, frozen=True):
    """How many students ended an exercise with `status`; those that could not be graded have None."""

    status: Status | None
    students: int


class MistakeCount(msgspec.Struct, frozen=True, kw_only=True):
    """A mistake of an exercise and how many of those who `tried` made it.

    `message` is the smallest counterexample that a check found, "" where none may be shown.
    """

    exercise: Exercise
    id: str
    title: str
    advice: str
    students: int
    tried: int
    message: str


class CheckCount(msgspec.Struct, frozen=True):
    """A check, how often it ran to a verdict, and how often that was not a pass."""

    title: str
    ran: int
    failed: int


class ExerciseSummary(msgspec.Struct, frozen=True, kw_only=True):
    """How a class did in one exercise.

    `tried` students handed in more than the stub and could be graded. `unnamed` of them did not pass and
    show no mistake that has a name. Seconds are None where nobody tried.
    """

    exercise: Exercise
    statuses: tuple[StatusCount, ...]
    tried: int
    passed: int
    unnamed: int
    mistakes: tuple[MistakeCount, ...]
    checks: tuple[CheckCount, ...]
    median_s: float | None
    p95_s: float | None

    @property
    def struggled(self) -> int:
        """How many tried and did not pass."""
        return self.tried - self.passed


class ClassSummary(msgspec.Struct, frozen=True, kw_only=True):
    """How a class did.

    `mean` and `median` are shares of the points that could be reached, from 0 to 1, over the
    students who handed in; None where nobody could be graded. `bins` counts the same shares in tenths.
    `exercises` are in the order of the course.
    """

    students: int
    handed_in: int
    passed_all: int
    passes: int
    graded: int
    mean: float | None
    median: float | None
    bins: tuple[int, ...]
    exercises: tuple[ExerciseSummary, ...]
    absent: tuple[Student, ...]
    faults: tuple[Row, ...]
    overrides: tuple[Row, ...]

    @property
    def hardest_first(self) -> tuple[ExerciseSummary, ...]:
        """The exercises by how many students tried and did not pass, then by their share."""
        return tuple(sorted(self.exercises, key=lambda each: (-each.struggled, each.tried)))

    @property
    def teach_again(self) -> tuple[MistakeCount, ...]:
        """The three most frequent mistakes of the class."""
        mistakes = [mistake for each in self.exercises for mistake in each.mistakes]
        return tuple(sorted(mistakes, key=lambda each: -each.students)[:_TAUGHT_AGAIN])


def summarise(book: Book) -> ClassSummary:
    """Return what the class of `book` did; asks for the reports of each student once."""
    tallies = {exercise.id: Tally() for exercise in book.exercises}
    shares: list[float] = []
    absent: list[Student] = []
    faults: list[Row] = []
    overrides: list[Row] = []
    passed_all = 0
    for student in book.students:
        rows = tuple(book.rows_of(student.id))
        reports = book.reports_of(student.id)
        for row in rows:
            tallies[row.exercise].add(student, row, reports.get(row.exercise))
        faults += [row for row in rows if row.is_fault]
        overrides += [row for row in rows if row.override is not None]
        passed_all += bool(rows) and all(row.status is Status.PASSED for row in rows)
        if not any(row.file for row in rows):
            absent.append(student)
        elif (share := _share(rows)) is not None:
            shares.append(share)
    exercises = tuple(_exercise(exercise, tallies[exercise.id]) for exercise in book.exercises)
    return ClassSummary(
        students=len(book.students),
        handed_in=len(book.students) - len(absent),
        passed_all=passed_all,
        passes=sum(each.passed for each in exercises),
        graded=len(book.students) * len(exercises) - len(faults),
        mean=statistics.fmean(shares) if shares else None,
        median=statistics.median(shares) if shares else None,
        bins=_bins(shares),
        exercises=exercises,
        absent=tuple(absent),
        faults=tuple(faults),
        overrides=tuple(overrides),
    )


def _share(rows: Sequence[Row]) -> float | None:
    scored = [(row.score, row.max_score) for row in rows if row.score is not None]
    due = sum(max_score for _, max_score in scored)
    return sum(score for score, _ in scored) / due if due else None


def _bins(shares: Sequence[float]) -> tuple[int, ...]:
    counts = [0] * BINS
    for share in shares:
        # An instructor may give more points than there are, or fewer than none. Full marks close the last tenth.
        counts[min(max(int(round(share * BINS, 9)), 0), BINS - 1)] += 1
    return tuple(counts)


def _exercise(exercise: Exercise, tally: Tally) -> ExerciseSummary:
    seconds = sorted(tally.seconds)
    statuses = [StatusCount(status, tally.statuses[status]) for status in Status]
    return ExerciseSummary(
        exercise=exercise,
        statuses=(*statuses, StatusCount(None, tally.faults)),
        tried=tally.tried,
        passed=tally.passed,
        unnamed=tally.unnamed,
        mistakes=_mistakes(exercise, tally),
        checks=_checks(tally),
        median_s=statistics.median(seconds) if seconds else None,
        p95_s=seconds[math.ceil(0.95 * len(seconds)) - 1] if seconds else None,
    )


def _mistakes(exercise: Exercise, tally: Tally) -> tuple[MistakeCount, ...]:
    def counted(id_: str, seen: Seen) -> MistakeCount:
        return MistakeCount(
            exercise=exercise,
            id=id_,
            title=seen.title,
            advice=seen.advice,
            students=seen.students,
            tried=tally.tried,
            message=seen.message,
        )

    counts = [counted(id_, seen) for id_, seen in tally.mistakes.items()]
    return tuple(sorted(counts, key=lambda each: (-each.students, each.id)))


def _checks(tally: Tally) -> tuple[CheckCount, ...]:
    counts = [CheckCount(each.title, each.ran, each.failed) for each in tally.checks.values() if each.failed]
    return tuple(sorted(counts, key=lambda each: -each.failed / each.ran)[:_HARDEST_CHECKS])
