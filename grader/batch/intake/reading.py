"""Reads what an instructor downloaded: who is in it, and what each of them handed in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from grader.batch.intake.archives import OF_A_CLASS, open_archive
from grader.batch.intake.choosing import choose
from grader.batch.intake.identity import students_of
from grader.batch.intake.layouts import recognise
from grader.batch.intake.limits import MAX_PATH_CHARS
from grader.batch.intake.naming import Names, archive_stem
from grader.batch.intake.nodes import Kind, UnreadableError, disk_node
from grader.batch.intake.stream import open_when_read
from grader.batch.intake.walking import walk
from grader.batch.intake.wording import text
from grader.batch.records import Intake
from grader.errors import UsageError
from grader.sanitise import plain_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.batch.intake.layouts import Owner, Piece, Roster
    from grader.batch.intake.walking import Belongings
    from grader.batch.records import Handin, Source, Student, Unread
    from grader.model import Exercise


class IntakeError(UsageError):
    """What was given holds no submissions, or cannot be read."""


def read_submissions(source: Source) -> Intake:
    """Return who is in the folder or archive `source.path`, and what they handed in for `source.exercises`.

    Students come sorted by id. Handins are read one student at a time, each time they are
    iterated: by student, then in the order of `source.exercises`. Nothing is extracted to disk
    and no link is followed.

    Raises:
        IntakeError: there is no such folder or archive, it cannot be read, or nobody is in it.
    """
    names = Names(source.known or source.exercises)
    path = Path(source.path)
    try:
        roster = _roster(path, names)
    except UnreadableError as error:
        raise IntakeError("intake.cannot_read", path=_shown(path), reason=error.reason) from None
    if not roster.pieces:
        raise IntakeError("intake.nobody", path=_shown(path))
    students = students_of(roster.pieces)
    handins = Handins(students, roster.pieces, source.exercises, names)
    # Those who handed in as a group have the same files: each is told of once.
    unread = sorted({*roster.unread, *handins.unread()}, key=lambda line: (line.file, line.reason.en))
    return Intake(layout=roster.layout, students=tuple(students.values()), handins=handins, unread=tuple(unread))


class Handins:
    """All handins of a class, read as they are iterated."""

    def __init__(
        self,
        students: dict[Owner, Student],
        pieces: dict[Owner, list[Piece]],
        exercises: tuple[Exercise, ...],
        names: Names,
    ) -> None:
        self._students = students
        self._pieces = pieces
        self._exercises = exercises
        self._names = names

    def __iter__(self) -> Iterator[Handin]:
        """Yield each handin: by student, then in the order of the exercises."""
        for owner, student in self._students.items():
            belongings = walk(self._pieces[owner], self._names)
            for choice in choose(student.id, belongings.files, self._exercises):
                yield choice.handin

    def unread(self) -> Iterator[Unread]:
        """Yield what of the students' files is no part of any handin, and why."""
        for owner, student in self._students.items():
            belongings = walk(self._pieces[owner], self._names)
            self._leave_modules(student, belongings)
            yield from belongings.unread()

    def _leave_modules(self, student: Student, belongings: Belongings) -> None:
        modules = [found for found in belongings.files if found.named is None]
        if not modules:
            return
        choices = choose(student.id, belongings.files, self._exercises)
        shipped = {found.at for choice in choices for found in choice.shipped}
        for found in modules:
            if found.at not in shipped:
                belongings.leave(found.at, text("intake.no_exercise"))


def _roster(path: Path, names: Names) -> Roster:
    root = disk_node(str(path))
    if root.kind is Kind.FOLDER:
        return recognise(root, at=(), name=path.resolve().name, names=names, is_archive=False)
    if not path.exists():
        raise UnreadableError(text("intake.no_path"))
    stem = archive_stem(path.name)
    if stem is None or not path.is_file():
        raise UnreadableError(text("intake.not_an_archive"))
    opened = open_archive(open_when_read(path), at=(path.name,), bounds=OF_A_CLASS)
    roster = recognise(opened.root, at=(path.name,), name=stem, names=names, is_archive=True)
    roster.unread.extend(opened.unread)
    return roster


def _shown(path: Path) -> str:
    return plain_line(str(path), MAX_PATH_CHARS)
