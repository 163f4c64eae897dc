"""Small classes made by hand, with students whose names and output attack whoever shows them."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from grader.batch.records import Book, Override, Row, Student
from grader.model import Chapter, CheckResult, Course, Exercise, Mistake, Report, Status, Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.model import Lang

EXERCISES = tuple(
    Exercise(
        id=f"ex{number}",
        slug=slug,
        folder=Path(f"ex{number:02}_{slug}"),
        chapter=1,
        title=Text(en, zh),
        points=10.0,
        fill=(),
        preload=(),
        solution=Path("solution.py"),
    )
    for number, slug, en, zh in (
        (1, "synthetic_data", "Synthetic data", "合成数据"),
        (2, "data_iter", "Minibatches", "小批量"),
        (3, "squared_loss", "The squared loss", "平方损失"),
    )
)
COURSE = Course(Path(), Text("A course", "一门课"), (Chapter(1, Text("One", "一")),), EXERCISES)
MISTAKE = Mistake("no_half", "The half is missing", "The loss is (y_hat − y)² / 2, with a_b and [c](d).")
MARKUP = (
    "</pre><script>alert(1)</script>\n```\n# not a heading\n````\n"
    "[x](http://x.invalid) ![y](//y.invalid) <b>&\x1b[31mred"
)
HOSTILE = (
    '=HYPERLINK("http://x.invalid")',
    "<script>alert(1)</script>",
    "a\x00b\x1b[2J\r\nc\u202edc.exe",
    "长" * 85,
    "../../etc/passwd",
    "con",
    "-rf *",
    "\udcff\udcfe",
)


def check(
    status: Status = Status.FAILED, *, message: str = "It differs.", output: str = "", name: str = "a"
) -> CheckResult:
    """Return a check with a title that holds characters of Markdown."""
    score = 5.0 if status is Status.PASSED else 0.0
    mistake = MISTAKE if status is Status.FAILED else None
    title = f"The result of {name} is (y_hat − y)² / 2 * [n]."
    return CheckResult(f"test_{name}", title, status, score, 5.0, message, mistake, 0.01, output)


def report(exercise: Exercise, *checks: CheckResult, status: Status = Status.FAILED, message: str = "") -> Report:
    """Return the report of `checks`."""
    return Report(
        exercise=exercise.id,
        name=exercise.slug,
        passed=status is Status.PASSED,
        status=status,
        score=sum(each.score for each in checks),
        max_score=10.0,
        device="cpu",
        seed=7,
        seconds=0.1234,
        sandbox="full",
        mistake=MISTAKE if status is Status.FAILED else None,
        checks=checks,
        message=message,
    )


def row_of(student: str, found: Report, *, file: str = "a/ex03.py", **changes: object) -> Row:
    """Return the row that belongs to a report."""
    fields: dict[str, object] = {
        "student": student,
        "exercise": found.exercise,
        "status": found.status,
        "score": found.score,
        "graded_score": found.score,
        "max_score": found.max_score,
        "mistake": found.mistake.id if found.mistake else "",
        "mistake_title": found.mistake.title if found.mistake else "",
        "seconds": found.seconds,
        "device": found.device,
        "seed": found.seed,
        "file": file,
        "sha256": "ab" * 32,
        "sandbox": found.sandbox,
    }
    return Row(**{**fields, **changes})  # type: ignore[arg-type]


def missing(student: str, exercise: Exercise) -> Row:
    """Return the row of an exercise that nobody handed in."""
    return Row(
        student=student, exercise=exercise.id, status=Status.MISSING, score=0.0, graded_score=0.0, max_score=10.0
    )


def fault(student: str, exercise: Exercise, *, message: str = "The worker could not start.") -> Row:
    """Return the row of an exercise that the grader failed to grade."""
    return Row(
        student=student,
        exercise=exercise.id,
        status=Status.CRASHED,
        score=None,
        graded_score=None,
        max_score=10.0,
        is_fault=True,
        message=message,
        file="b.py",
    )


def book_of(
    students: Sequence[Student],
    rows: Mapping[str, Sequence[Row]],
    reports: Mapping[str, Mapping[str, Report]] = MappingProxyType({}),
    *,
    lang: Lang = "en",
) -> Book:
    """Return a book of exactly these records."""
    return Book(
        course=COURSE,
        lang=lang,
        exercises=EXERCISES,
        students=tuple(students),
        by_student={student: {row.exercise: row for row in mine} for student, mine in rows.items()},
        reports_of=lambda student: reports.get(student, {}),
    )


def class_of(*students: Student, lang: Lang = "en", text: str = "It differs.") -> Book:
    """Return a class in which each student failed the first exercise, lacks the second and passed the third.

    `text` is what the code of each printed, raised, and called its file.
    """
    first, second, third = EXERCISES
    reports: dict[str, dict[str, Report]] = {}
    rows: dict[str, list[Row]] = {}
    for student in students:
        failed = report(
            first, check(Status.PASSED, message=""), check(message=text, output=text, name="b"), message=text
        )
        passed = report(third, check(Status.PASSED, message="", output=text), status=Status.PASSED)
        reports[student.id] = {first.id: failed, third.id: passed}
        rows[student.id] = [
            row_of(student.id, failed, file=text, notes=(Text(f"The latest of 3: {text}", f"三个中最新的：{text}"),)),
            missing(student.id, second),
            row_of(
                student.id,
                passed,
                score=9.0,
                override=Override(9.0, "Late.", "2026-01-02T03:04:05Z"),
                sandbox="no network",
            ),
        ]
    return book_of(students, rows, reports, lang=lang)


def hostile_class(lang: Lang = "en") -> Book:
    """Return a class of students with hostile ids and names, whose code writes markup."""
    return class_of(*(Student(id=each, name=each, email=each) for each in HOSTILE), lang=lang, text=MARKUP)


def faulty_class() -> Book:
    """Return a class of one student, for whom the grader failed to grade the last exercise."""
    first, second, third = EXERCISES
    found = report(first, check(Status.PASSED, message=""), status=Status.PASSED)
    rows = {"ann": [row_of("ann", found), missing("ann", second), fault("ann", third)]}
    return book_of([Student(id="ann")], rows, {"ann": {first.id: found}})
