"""The rows of `grades.csv`, one for every student and exercise, and of `gradebook.csv`, one for every student."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.batch.exports.cells import csv_lines, number_cell, text_cell
from grader.batch.exports.scores import full_marks, number, total

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader.batch.records import Row, Student
    from grader.model import Exercise

_GRADES = (
    "student",
    "exercise",
    "status",
    "score",
    "max_score",
    "mistake",
    "seconds",
    "device",
    "seed",
    "file",
    "sha256",
)


def grades_header() -> bytes:
    """Return the first line of `grades.csv`."""
    return csv_lines([_GRADES])


def grades_lines(rows: Iterable[Row]) -> bytes:
    """Return a line of `grades.csv` for each of `rows`."""
    return csv_lines(
        (
            text_cell(row.student),
            row.exercise,
            row.status,
            number_cell(row.score),
            number(row.max_score),
            text_cell(row.mistake),
            number(row.seconds),
            text_cell(row.device),
            str(row.seed),
            text_cell(row.file),
            row.sha256,
        )
        for row in rows
    )


def gradebook_header(exercises: Sequence[Exercise]) -> bytes:
    """Return the first line of `gradebook.csv`."""
    return csv_lines([("student", "name", "email", *(each.id for each in exercises), "total", "max")])


def gradebook_line(student: Student, rows: Sequence[Row]) -> bytes:
    """Return the line of `gradebook.csv` for `student`."""
    who = (text_cell(student.id), text_cell(student.name), text_cell(student.email))
    scores = (number_cell(row.score) for row in rows)
    return csv_lines([(*who, *scores, number_cell(total(rows)), number(full_marks(rows)))])
