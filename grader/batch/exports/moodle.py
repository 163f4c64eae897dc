"""Fills Moodle's offline grading worksheet in place."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.batch.exports.matching import Filled, Way, matched, names_of, points
from grader.batch.exports.scores import scaled, short_number
from grader.batch.exports.sheet import Sheet, SheetError
from grader.batch.records import Student
from grader.sanitise import plain_line
from grader.texts import Catalog

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from grader.batch.records import Book, Row

_LONGEST_LABEL = 200
_LONGEST_TITLE = 400
_LAST_NUMBER = re.compile(r"(?<!\d)(\d+)\s*$")
_DECIMAL_COMMA = re.compile(r"\s*\d+,\d+\s*")
# The headings in English, and in simplified and traditional Chinese, over Moodle's versions.
_IDENTIFIER = ("identifier", "标识符", "識別碼", "编号")
_NAME = ("full name", "全名", "姓名")
_EMAIL = ("email address", "email地址", "电子邮件地址", "电子邮箱", "邮箱地址", "電子郵件信箱", "電子郵件")
_GRADE = ("grade", "成绩", "分数", "成績", "分數")
_MOST = ("maximum grade", "最高分", "最高成绩", "最高分数", "最高成績", "最高分數")
_CHANGEABLE = ("grade can be changed", "允许更改成绩", "成绩可以更改", "成绩可更改", "分數可以被更改")
_COMMENTS = ("feedback comments", "反馈评论", "反馈评语", "反馈意见", "評語回饋", "回饋評論")
_NO = frozenset({"no", "否", "不", "不是"})


@dataclass(frozen=True)
class _Columns:
    identifier: int
    grade: int
    most: int
    name: int | None
    email: int | None
    changeable: int | None
    comments: int | None


def fill_moodle(book: Book, worksheet: Path, *, out: Path, exercise: str | None, by_name: bool = False) -> Filled:
    """Write `worksheet` to `out` with grades and comments filled in; every other byte stays.

    A row is a student's by the participant's number, else by the e-mail address; by the full name only
    where `by_name` asks for it and nobody shares it. `exercise` is an id, or None for the sum of all.
    Where the assignment's maximum differs from ours, the same share of it is given, rounded to two
    decimals. A grade that Moodle would refuse as too high is left out and reported.

    Raises:
        SheetError: the worksheet lacks a column, or uses a scale of words.
        UsageError: the class was not graded on `exercise`.
        WorkspaceError: a file cannot be read or written.
    """
    sheet = Sheet.read(worksheet)
    columns = _columns(sheet, worksheet)
    rows = [row for row in range(1, len(sheet)) if not sheet.is_blank(row)]
    owners = matched(book.students, rows, _ways(sheet, columns, by_name=by_name))
    texts = Catalog(book.lang)
    comma = any(_DECIMAL_COMMA.fullmatch(sheet.text(row, columns.most)) for row in rows)
    filled, locked, ungraded, above = 0, list[Student](), list[Student](), list[Student]()
    for row, student in owners.items():
        score, ours, graded = points(book, student, exercise)
        if columns.changeable is not None and sheet.text(row, columns.changeable).strip().lower() in _NO:
            locked.append(student)
            continue
        if score is None:
            ungraded.append(student)
            continue
        most = _number(sheet, row, columns.most, worksheet)
        grade = scaled(score, of=ours, to=most)
        if grade > most:
            above.append(student)
            continue
        said = short_number(grade)
        sheet.put(row, columns.grade, said.replace(".", ",") if comma else said)
        if columns.comments is not None:
            sheet.put(row, columns.comments, _comment(graded, book, texts))
        filled += 1
    sheet.write(out, original=worksheet)
    known = {student.id for student in owners.values()}
    return Filled(
        filled=filled,
        unmatched_rows=tuple(_label(sheet, row, columns) for row in rows if row not in owners),
        unmatched_students=names_of(student for student in book.students if student.id not in known),
        locked=names_of(locked),
        ungraded=names_of(ungraded),
        above=names_of(above),
    )


def _columns(sheet: Sheet, worksheet: Path) -> _Columns:
    header = [each.lower() for each in sheet.header]

    def place(names: Sequence[str]) -> int | None:
        return next((header.index(name) for name in names if name in header), None)

    def needed(names: Sequence[str]) -> int:
        column = place(names)
        if column is None:
            found = plain_line(", ".join(sheet.header), _LONGEST_TITLE)
            raise SheetError("exports.moodle_column", path=worksheet, column=names[0].capitalize(), found=found)
        return column

    return _Columns(
        identifier=needed(_IDENTIFIER),
        grade=needed(_GRADE),
        most=needed(_MOST),
        name=place(_NAME),
        email=place(_EMAIL),
        changeable=place(_CHANGEABLE),
        comments=place(_COMMENTS),
    )


def _ways(sheet: Sheet, columns: _Columns, *, by_name: bool) -> list[Way]:
    def cell(row: int, column: int | None) -> str:
        return "" if column is None else sheet.text(row, column).strip()

    ways = [
        Way(
            lambda student: _last_number(student.ids.get("moodle", "")),
            lambda row: _last_number(cell(row, columns.identifier)),
        ),
        Way(lambda student: student.email.strip().lower(), lambda row: cell(row, columns.email).lower()),
    ]
    if by_name:
        ways.append(Way(lambda student: student.name.strip(), lambda row: cell(row, columns.name)))
    return ways


def _last_number(text: str) -> str:
    # "Participant 1234567": the word is in the language of the site.
    match = _LAST_NUMBER.search(text)
    return match[1] if match else ""


def _number(sheet: Sheet, row: int, column: int, worksheet: Path) -> float:
    text = sheet.text(row, column)
    try:
        return float(text.replace(",", "."))
    except ValueError:
        shown = plain_line(text, _LONGEST_LABEL)
        raise SheetError("exports.moodle_maximum", path=worksheet, row=row + 1, found=shown) from None


def _label(sheet: Sheet, row: int, columns: _Columns) -> str:
    cells = [sheet.text(row, column).strip() for column in (columns.identifier, columns.name) if column is not None]
    return plain_line(" ".join(filter(None, cells)), _LONGEST_LABEL)


def _comment(rows: Sequence[Row], book: Book, texts: Catalog) -> str:
    titles = {exercise.id: exercise.title.in_lang(book.lang) for exercise in book.exercises}
    return "<br>".join(html.escape(_line(row, titles[row.exercise], texts)) for row in rows)


def _line(row: Row, title: str, texts: Catalog) -> str:
    said = texts.say(
        "exports.comment",
        exercise=row.exercise,
        title=title,
        status=texts.say(f"status.{row.status}"),
        score="–" if row.score is None else short_number(row.score),
        max_score=short_number(row.max_score),
    )
    if row.mistake_title:
        said = f"{said} {texts.say('report.mistake', title=row.mistake_title)}"
    if row.override is not None:
        said = f"{said} {texts.say('exports.override', score=short_number(row.override.score), why=row.override.why)}"
    return plain_line(said, _LONGEST_TITLE)
