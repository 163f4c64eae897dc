"""The records that the parts of a batch run hand to one another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from grader.model import Exercise, Status, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from grader.model import Course, Lang, Report


class Student(msgspec.Struct, frozen=True, kw_only=True):
    """Someone whose work is graded.

    `id` is unique in a run: the folder's name, or what the service calls the student.
    `ids` holds what a service knows the student by, under the service's name: the Moodle
    participant, the Canvas user, the Gradescope submission.
    """

    id: str
    name: str = ""
    email: str = ""
    ids: dict[str, str] = {}


class SourceFile(msgspec.Struct, frozen=True):
    """A Python file as the worker finds it: `ex03_squared_loss.py`, or a file of the student's beside it."""

    name: str
    data: bytes


class Handin(msgspec.Struct, frozen=True, kw_only=True):
    """What one student handed in for one exercise.

    `file` is where it was found, below the folder that was given, an archive's name included;
    `sha256` is that of the file as it was found, a notebook's for a notebook. `beside` are
    the other Python files of the student that this one may import. `fault` is set where the file
    cannot be graded (a broken notebook, a link, too large), and says why; `notes` say what a reader
    should know: the latest of three versions, four magics dropped.
    """

    student: str
    exercise: str
    file: str
    sha256: str
    source: SourceFile
    beside: tuple[SourceFile, ...] = ()
    notes: tuple[Text, ...] = ()
    fault: Text | None = None


class Unread(msgspec.Struct, frozen=True):
    """Something found that is nobody's work on an exercise, and why: listed, never dropped."""

    file: str
    reason: Text


class Override(msgspec.Struct, frozen=True):
    """A score that an instructor has set, in place of the grader's; `at` is UTC, ISO 8601."""

    score: float
    why: str
    at: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Where one student stands in one exercise.

    `score` is None where the grader itself failed (`is_fault`): nobody gets a zero for that.
    `score` is the override's where there is one, and `graded_score` the grader's own.
    """

    student: str
    exercise: str
    status: Status
    score: float | None
    graded_score: float | None
    max_score: float
    mistake: str = ""
    mistake_title: str = ""
    seconds: float = 0.0
    device: str = ""
    seed: int = 0
    file: str = ""
    sha256: str = ""
    sandbox: str = ""
    is_fault: bool = False
    message: str = ""
    notes: tuple[Text, ...] = ()
    override: Override | None = None


@dataclass(frozen=True, kw_only=True)
class Book:
    """All that is known of a class once a run has ended: what every export is made from.

    `by_student` has a row for every student and exercise: by student id, then by exercise id.
    `reports_of` loads the full reports of one student, by exercise id; exercises without a
    report (missing, not read, a fault) are absent. `unread` is what intake could not use.
    `digest` is that of the results that the book was made from: another one, other results.
    """

    course: Course
    lang: Lang
    exercises: tuple[Exercise, ...]
    students: tuple[Student, ...]
    by_student: Mapping[str, Mapping[str, Row]]
    reports_of: Callable[[str], Mapping[str, Report]]
    unread: tuple[Unread, ...] = ()
    sandbox: str = ""
    layout: str = ""
    digest: str = ""

    def rows(self) -> Iterator[Row]:
        """Yield every row, by student, then in the order of the course."""
        for student in self.students:
            yield from self.rows_of(student.id)

    def rows_of(self, student: str) -> Iterator[Row]:
        """Yield the rows of one student, in the order of the course."""
        mine = self.by_student[student]
        for exercise in self.exercises:
            yield mine[exercise.id]


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in a folder or archive: `layout` names the service whose download it is."""

    layout: str
    students: tuple[Student, ...]
    handins: Iterable[Handin]
    unread: tuple[Unread, ...]


class Source(msgspec.Struct, frozen=True):
    """Where intake looks: the folder or archive that was given, and the exercises to look for.

    `known` are all exercises of the course where they are more: a file for one of those is no stranger.
    """

    path: Path
    exercises: tuple[Exercise, ...]
    known: tuple[Exercise, ...] = ()
