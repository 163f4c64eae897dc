"""Grades a student's repository in a job of GitHub Actions, and tells Classroom the points.

Classroom reads the points from two notices of the job, which its own reporter writes in the same way:
https://github.com/classroom-resources/autograding-grading-reporter
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from grader.batch.exports.feedback import page
from grader.batch.exports.feedback_markdown import markdown
from grader.batch.package.grading import Submission, graded, remarks, seed_of
from grader.batch.package.settings import FILE_NAME, read_settings
from grader.batch.records import Student
from grader.sanitise import plain_line
from grader.texts import Catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from grader.batch.records import Book, Row

_LONGEST_NAME = 200
_DECIMALS = 4
# GitHub shows no more of a job's summary.
_MOST_SUMMARY_BYTES = 1 << 20


class _Points(msgspec.Struct, frozen=True, rename="camel"):
    total_points: float
    max_points: float


def grade_in_classroom(
    package: Path, repository: Path, *, level: str, environ: Mapping[str, str], say: Callable[[str], None]
) -> int:
    """Grade `repository` by the package in the folder `package`; `level` is the confinement of this machine.

    Returns:
        0 where all points were reached, 1 where some were not, 2 where the grader failed on something.

    Raises:
        GraderError: nothing can be graded.
    """
    settings = read_settings(package / FILE_NAME)
    texts = Catalog(settings.lang)
    name = plain_line(environ.get("GITHUB_REPOSITORY") or repository.resolve().name, _LONGEST_NAME)
    student = Student(id=name)
    seed = seed_of(environ.get("GITHUB_SHA", ""))
    submission = Submission(student=student, folder=repository, seed=seed)
    with graded(submission, settings, package, level=level) as book:
        rows = tuple(book.rows())
        for line in (*_lines(book, texts), *remarks(book, texts), texts.say("package.seed", seed=seed)):
            say(line)
        summary = environ.get("GITHUB_STEP_SUMMARY")
        if summary:
            _append(Path(summary), _feedback(book, student, texts))
    if any(row.score is None for row in rows):
        # No points are told: nobody gets fewer for a fault of the grader's.
        return 2
    points = _points(rows)
    say(f"::notice title=Autograding complete::Points {points.total_points:g}/{points.max_points:g}")
    say(f"::notice title=Autograding report::{msgspec.json.encode(points).decode()}")
    return 0 if points.total_points >= points.max_points else 1


def _points(rows: tuple[Row, ...]) -> _Points:
    total = sum(row.score for row in rows if row.score is not None)
    return _Points(round(total, _DECIMALS), round(sum(row.max_score for row in rows), _DECIMALS))


def _lines(book: Book, texts: Catalog) -> Iterator[str]:
    for row, exercise in zip(book.rows(), book.exercises, strict=True):
        yield texts.say(
            "exports.comment",
            exercise=exercise.id,
            title=exercise.title,
            status=texts.say(f"status.{row.status}"),
            score="?" if row.score is None else f"{row.score:g}",
            max_score=f"{row.max_score:g}",
        )
        if row.mistake_title:
            yield f"- {plain_line(row.mistake_title, _LONGEST_NAME)}"


def _feedback(book: Book, student: Student, texts: Catalog) -> bytes:
    told = page(
        student,
        tuple(book.rows()),
        book.reports_of(student.id),
        exercises=book.exercises,
        course=book.course.title.in_lang(texts.lang),
        texts=texts,
    )
    return markdown(told, texts)


def _append(file: Path, data: bytes) -> None:
    with file.open("ab") as stream:
        stream.write(data[:_MOST_SUMMARY_BYTES])
