"""A class made by hand: what each test needs of it, and nothing else."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

from grader.batch.records import Book, Row, Student, Unread
from grader.model import Chapter, CheckResult, Course, Exercise, Mistake, Report, Status, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from grader.model import Lang

NO_HALF = Mistake("no_half", "The half is missing", "Divide by `2`.")
NO_MEAN = Mistake("no_mean", "The mean is missing", "Divide by n.")
GENERAL = Mistake("general.factor", "Every element is 3 times what is due", "A constant factor is off.")


def exercise(nth: int) -> Exercise:
    """Return an exercise of 10 points."""
    name = f"ex{nth:02}_task"
    title = Text(f"Task {nth}", f"题目 {nth}")
    return Exercise(f"ex{nth}", "task", Path(name), 1, title, 10.0, ("f",), (), Path(f"{name}.py"))


def check(
    status: Status, *, message: str = "", mistake: Mistake | None = None, name: str = "test_values"
) -> CheckResult:
    """Return the outcome of a check of 5 points."""
    score = 5.0 if status is Status.PASSED else 0.0
    return CheckResult(name, f"Title of {name}", status, score, 5.0, message, mistake, 0.1)


def report(
    status: Status, *checks: CheckResult, mistake: Mistake | None = None, exercise: str = "ex1", seconds: float = 0.5
) -> Report:
    """Return a report; its score is that of its checks."""
    score = 10.0 if status is Status.PASSED else sum(each.score for each in checks)
    return Report(
        exercise, "task", status is Status.PASSED, status, score, 10.0, "cpu", 7, seconds, "full", mistake, checks
    )


def row(student: str, report: Report) -> Row:
    """Return the row that a report makes."""
    return Row(
        student=student,
        exercise=report.exercise,
        status=report.status,
        score=report.score,
        graded_score=report.score,
        max_score=10.0,
        mistake=report.mistake.id if report.mistake else "",
        mistake_title=report.mistake.title if report.mistake else "",
        seconds=report.seconds,
        device="cpu",
        file=f"{student}/task.py",
        sha256="0" * 64,
        sandbox="full",
    )


def missing(student: str, exercise: str = "ex1") -> Row:
    """Return the row of a student who handed in nothing for an exercise."""
    return Row(student=student, exercise=exercise, status=Status.MISSING, score=0.0, graded_score=0.0, max_score=10.0)


def fault(student: str, exercise: str = "ex1", message: str = "no worker") -> Row:
    """Return the row of what could not be graded, for no fault of the student's."""
    return Row(
        student=student,
        exercise=exercise,
        status=Status.CRASHED,
        score=None,
        graded_score=None,
        max_score=10.0,
        file=f"{student}/task.py",
        is_fault=True,
        message=message,
    )


def book(
    rows: Iterable[Row],
    reports: Mapping[str, Iterable[Report]] | None = None,
    *,
    students: Iterable[Student] | None = None,
    exercises: int = 1,
    lang: Lang = "en",
    unread: tuple[Unread, ...] = (),
    sandbox: str = "full",
    layout: str = "moodle",
) -> Book:
    """Return the book of `rows`; what no row tells is missing."""
    told: dict[str, dict[str, Row]] = {}
    for each in rows:
        told.setdefault(each.student, {})[each.exercise] = each
    listed = tuple(exercise(nth) for nth in range(1, exercises + 1))
    members = tuple(students) if students is not None else tuple(Student(id=name) for name in told)
    for student in members:
        mine = told.setdefault(student.id, {})
        for each_exercise in listed:
            mine.setdefault(each_exercise.id, missing(student.id, each_exercise.id))
    loaded = {name: {each.exercise: each for each in mine} for name, mine in (reports or {}).items()}
    title = Text("A course", "一门课")
    return Book(
        course=Course(Path("course"), title, (Chapter(1, title),), listed),
        lang=lang,
        exercises=listed,
        students=members,
        by_student=told,
        reports_of=lambda student: loaded.get(student, {}),
        unread=unread,
        sandbox=sandbox,
        layout=layout,
    )


def graded(reports: Mapping[str, Report], **options: object) -> Book:
    """Return the book of a class of which each student has one report, on ex1."""
    rows = [row(student, each) for student, each in reports.items()]
    return book(rows, {student: [each] for student, each in reports.items()}, **options)  # type: ignore[arg-type]


def large(students: int, exercises: int, *, seed: int, lang: Lang = "en") -> Book:
    """Return a class of any size, the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311 - a class, not a secret
    kinds: dict[str, list[Report]] = {}
    for nth in range(1, exercises + 1):
        mistakes = [Mistake(f"m{n}", f"Mistake {n} of ex{nth}", f"Advice {n}.") for n in range(12)]
        wrong = [
            report(
                Status.FAILED,
                *(check(Status.FAILED, message=f"wrong by {n}", mistake=each, name=f"test_{k}") for k in range(6)),
                mistake=each,
                exercise=f"ex{nth}",
                seconds=rng.random(),
            )
            for n, each in enumerate(mistakes)
        ]
        kinds[f"ex{nth}"] = [*wrong, report(Status.PASSED, check(Status.PASSED), exercise=f"ex{nth}")]
    members = [Student(id=f"s{n}", name=f"Student {n}") for n in range(students)]
    picked = {
        member.id: [rng.choice(choices) for choices in kinds.values() if rng.random() < 0.9] for member in members
    }
    rows = (row(student, each) for student, mine in picked.items() for each in mine)
    return book(rows, picked, students=members, exercises=exercises, lang=lang)
