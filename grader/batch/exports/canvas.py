"""Fills Canvas's gradebook export in place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.batch.exports.matching import Filled, Way, matched, names_of, points
from grader.batch.exports.scores import scaled, short_number
from grader.batch.exports.sheet import Sheet, SheetError
from grader.batch.records import Student
from grader.model import LANGS
from grader.sanitise import plain_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from grader.batch.records import Book
    from grader.model import Exercise

_LONGEST_LABEL = 200
_TITLE_AND_ID = re.compile(r"(?P<title>.*\S)\s*\((?P<id>\d+)\)", re.DOTALL)
_NAMES = ("Student", "LastName", "FirstName")
_ABOUT_STUDENTS = frozenset(
    {*_NAMES, "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Root Account", "Section", "Email"}
)
_POINTS = "Points Possible"
_READ_ONLY = re.compile(r"read\s+only", re.IGNORECASE)
_NOTICE = re.compile(r"\s*(?:Muted|Manual Posting.*)?\s*", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"\s*\d+,\d+\s*")
_TEST_STUDENTS = frozenset({"Student, Test", "Test Student"})
# Excused, or not assigned to this student: Canvas decides, not a grader.
_LOCKED = frozenset({"EX", "N/A"})


@dataclass(frozen=True)
class _Target:
    """A column to fill, with one exercise or, where that is None, the sum of all; `most` are its points in Canvas."""

    column: int
    exercise: str | None
    most: float


def fill_canvas(
    book: Book,
    gradebook: Path,
    *,
    out: Path,
    column: str | None = None,
    exercise: str | None = None,
) -> Filled:
    """Write `gradebook` to `out` with the columns of assignments filled in; every other byte stays.

    With `column`, a title, an id or the whole heading, that one takes the score of `exercise`, or the sum
    of all where that is None. Without, each exercise goes to the assignment whose title is the exercise's
    id, slug, folder or title. A row is a student's by the id of Canvas, else where the login is the
    student's id, else by the e-mail address. Where an assignment has other points than the exercise,
    the same share of them is given, rounded to two decimals.

    Raises:
        SheetError: it is no gradebook, no column fits, several do, or the column is read-only.
        UsageError: the class was not graded on `exercise`.
        WorkspaceError: a file cannot be read or written.
    """
    sheet = Sheet.read(gradebook)
    header = sheet.header
    if "ID" not in header or not set(_NAMES) & set(header):
        raise SheetError("exports.canvas_header", path=gradebook)
    points_row = next((row for row in range(1, len(sheet)) if _POINTS in sheet.text(row, 0)), None)
    rows = [row for row in range(1, len(sheet)) if row != points_row and _is_student(sheet, row)]
    targets = _targets(sheet, book, gradebook, points_row=points_row, column=column, exercise=exercise)
    owners = matched(book.students, rows, _ways(sheet))
    comma = any(
        _DECIMAL_COMMA.fullmatch(sheet.text(row, each.column)) for row in range(1, len(sheet)) for each in targets
    )
    filled, locked, ungraded = set[int](), list[Student](), list[Student]()
    for row, student in owners.items():
        for target in targets:
            score, ours, _ = points(book, student, target.exercise)
            if sheet.text(row, target.column).strip().upper() in _LOCKED:
                locked.append(student)
            elif score is None:
                ungraded.append(student)
            else:
                said = short_number(scaled(score, of=ours, to=target.most))
                sheet.put(row, target.column, said.replace(".", ",") if comma else said)
                filled.add(row)
    sheet.write(out, original=gradebook)
    known = {student.id for student in owners.values()}
    return Filled(
        filled=len(filled),
        unmatched_rows=tuple(_label(sheet, row) for row in rows if row not in owners),
        unmatched_students=names_of(student for student in book.students if student.id not in known),
        locked=names_of(locked),
        ungraded=names_of(ungraded),
    )


def _is_student(sheet: Sheet, row: int) -> bool:
    cells = [sheet.text(row, column) for column in range(len(sheet.header))]
    is_notice = all(_NOTICE.fullmatch(cell) for cell in cells)
    return not is_notice and cells[0].strip() not in _TEST_STUDENTS


def _targets(
    sheet: Sheet,
    book: Book,
    gradebook: Path,
    *,
    points_row: int | None,
    column: str | None,
    exercise: str | None,
) -> list[_Target]:
    def is_open(place: int) -> bool:
        return points_row is None or not _READ_ONLY.search(sheet.text(points_row, place))

    def target(place: int, of: str | None) -> _Target:
        return _Target(place, of, 0.0 if points_row is None else _number(sheet.text(points_row, place)))

    assignments = {place: name for place, name in enumerate(sheet.header) if name and name not in _ABOUT_STUDENTS}
    shown = plain_line("; ".join(name for place, name in assignments.items() if is_open(place)), 10 * _LONGEST_LABEL)
    if column is not None:
        named = [place for place, name in assignments.items() if column.strip().lower() in _ways_to_name(name)]
        if not named:
            raise SheetError("exports.canvas_column", path=gradebook, asked=column, found=shown)
        if len(named) > 1:
            raise SheetError("exports.canvas_columns", path=gradebook, asked=column)
        if not is_open(named[0]):
            raise SheetError("exports.canvas_read_only", path=gradebook, asked=column)
        return [target(named[0], exercise)]
    targets: list[_Target] = []
    for each in book.exercises:
        fitting = [place for place, name in assignments.items() if is_open(place) and _fits(each, name)]
        if exercise in (None, each.id):
            targets += [target(place, each.id) for place in fitting[:1]]
        if len(fitting) > 1:
            raise SheetError("exports.canvas_columns", path=gradebook, asked=each.id)
    if not targets:
        raise SheetError("exports.canvas_none", path=gradebook, found=shown)
    return targets


def _ways_to_name(heading: str) -> Sequence[str]:
    match = _TITLE_AND_ID.fullmatch(heading)
    return [each.lower() for each in (heading, *((match["title"], match["id"]) if match else ()))]


def _fits(exercise: Exercise, heading: str) -> bool:
    match = _TITLE_AND_ID.fullmatch(heading)
    names = {exercise.id, exercise.slug, exercise.name, *(exercise.title.in_lang(lang) for lang in LANGS)}
    return (match["title"] if match else heading).lower() in {name.lower() for name in names}


def _ways(sheet: Sheet) -> list[Way]:
    places = {name: place for place, name in enumerate(sheet.header)}

    def cell(row: int, name: str) -> str:
        return sheet.text(row, places[name]).strip().lower() if name in places else ""

    return [
        Way(lambda student: student.ids.get("canvas", "").strip().lower(), lambda row: cell(row, "ID")),
        Way(lambda student: student.id.strip().lower(), lambda row: cell(row, "SIS Login ID")),
        Way(lambda student: student.email.strip().lower(), lambda row: cell(row, "SIS Login ID")),
        Way(lambda student: student.email.strip().lower(), lambda row: cell(row, "Email")),
    ]


def _number(text: str) -> float:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return 0.0


def _label(sheet: Sheet, row: int) -> str:
    names = [sheet.text(row, place) for place, name in enumerate(sheet.header) if name in (*_NAMES, "ID")]
    return plain_line(" ".join(name.strip() for name in names if name.strip()), _LONGEST_LABEL)
