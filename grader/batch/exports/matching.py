"""Finds the row of each student in a file of a learning platform, and says what was filled."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import msgspec

from grader.batch.exports.scores import full_marks, total
from grader.errors import UsageError
from grader.sanitise import plain_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from grader.batch.records import Book, Row, Student

_LONGEST_LABEL = 200
_Item = TypeVar("_Item")


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file: `filled` rows got a grade.

    `unmatched_rows` name rows that belong to nobody of the class, `unmatched_students` the ids that
    no row belongs to. Left as they were: rows that the platform has `locked`, students who are
    `ungraded` for a fault of the grader's, and scores `above` what the platform would accept.
    All names are safe to show.
    """

    filled: int
    unmatched_rows: tuple[str, ...] = ()
    unmatched_students: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    ungraded: tuple[str, ...] = ()
    above: tuple[str, ...] = ()


@dataclass(frozen=True)
class Way:
    """One way to tell whose a row is: what identifies a student, and what stands in a row."""

    of_student: Callable[[Student], str]
    of_row: Callable[[int], str]


def matched(students: Iterable[Student], rows: Iterable[int], ways: Sequence[Way]) -> Mapping[int, Student]:
    """Return whose each row is, the first way first; what two students or two rows share identifies neither."""
    found: dict[int, Student] = {}
    left, rows_left = list(students), list(rows)
    for way in ways:
        owners = _unique(left, way.of_student)
        named = _unique(rows_left, way.of_row)
        found |= {row: owners[key] for key, row in named.items() if key in owners}
        taken = {student.id for student in found.values()}
        left = [student for student in left if student.id not in taken]
        rows_left = [row for row in rows_left if row not in found]
    return found


def names_of(students: Iterable[Student]) -> tuple[str, ...]:
    """Return the ids of `students`, each once and safe to show."""
    return tuple(dict.fromkeys(plain_line(student.id, _LONGEST_LABEL) for student in students))


def points(book: Book, student: Student, exercise: str | None) -> tuple[float | None, float, tuple[Row, ...]]:
    """Return score, full marks and rows of one exercise, or of all where `exercise` is None.

    Raises:
        UsageError: the class was not graded on `exercise`.
    """
    rows = tuple(row for row in book.rows_of(student.id) if exercise in (None, row.exercise))
    if exercise is not None and not rows:
        raise UsageError("course.no_exercise", asked=exercise)
    return total(rows), full_marks(rows), rows


def _unique(items: Iterable[_Item], key: Callable[[_Item], str]) -> Mapping[str, _Item]:
    keyed = [(key(item), item) for item in items]
    counts = Counter(each for each, _ in keyed)
    return {each: item for each, item in keyed if each and counts[each] == 1}
