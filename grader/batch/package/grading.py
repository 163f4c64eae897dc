"""Grades what one student handed in, by the engine of a batch run."""

from __future__ import annotations

import hashlib
import signal
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from grader.batch.bookkeeping import book_of
from grader.batch.intake.layouts import Owner, Piece
from grader.batch.intake.naming import Names
from grader.batch.intake.nodes import disk_node
from grader.batch.intake.reading import Handins
from grader.batch.package.settings import PackageError, Settings, packed_course, packed_exercises
from grader.batch.records import Intake, Student
from grader.batch.run import LARGEST_SEED, Asked, local_pool, run_batch
from grader.batch.store import FILE_NAME, Store
from grader.sanitise import plain_line
from grader.worker.confine import FULL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.batch.records import Book, Source
    from grader.batch.run import Begun
    from grader.batch.work import Outcome
    from grader.texts import Catalog

_MOST_NAMED = 5
_LONGEST_NAME = 200


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """What one student handed in: a folder, in which every file is theirs."""

    student: Student
    folder: Path
    seed: int


class NotConfinedError(PackageError):
    """The machine cannot confine what is graded, and nobody said that it need not."""


def seed_of(name: str) -> int:
    """Return the seed that belongs to `name`: the same submission gets the same numbers whenever it is graded."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") % LARGEST_SEED


@contextmanager
def graded(submission: Submission, settings: Settings, package: Path, *, level: str) -> Iterator[Book]:
    """Grade `submission` by the package in the folder `package`, and open the book of that class of one.

    SIGTERM or an interrupt ends the grading, not what was graded before it: the other rows are faults.
    `level` is the confinement of this machine.

    Raises:
        NotConfinedError: it is not enough for code that nobody trusts.
        GraderError: the course or the submission cannot be read, or nothing was begun in time.
    """
    if level != FULL and not settings.unsafe:
        raise NotConfinedError("package.not_confined", level=level)
    course = packed_course(settings, package)
    with tempfile.TemporaryDirectory(prefix="grading-") as scratch:
        asked = Asked(
            course=course,
            submissions=submission.folder,
            out=Path(scratch),
            exercises=packed_exercises(settings, course),
            lang=settings.lang,
            device="cpu",
            seed=submission.seed,
            limits=settings.limits,
            unsafe=settings.unsafe,
        )
        with _until_terminated():
            run_batch(
                asked,
                open_pool=local_pool(1),
                watcher=_Silent(),
                finish=lambda _: None,
                read=lambda source: _read(source, submission.student),
            )
        if not (asked.out / FILE_NAME).is_file():
            raise PackageError("package.not_begun")
        with Store(asked.out / FILE_NAME) as store:
            book = book_of(store, course)
            if not book.students:
                raise PackageError("package.not_begun")
            yield book


@contextmanager
def _until_terminated() -> Iterator[None]:
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)


def remarks(book: Book, texts: Catalog) -> Iterator[str]:
    """Yield what there is to say beside the rows: that some are faults, and which files were no help."""
    if any(row.is_fault for row in book.rows()):
        yield texts.say("package.incomplete")
    if book.unread:
        yield texts.say("package.unread", count=len(book.unread))
        for each in book.unread[:_MOST_NAMED]:
            yield f"- {plain_line(each.file, _LONGEST_NAME)}: {each.reason.in_lang(texts.lang)}"


def _read(source: Source, student: Student) -> Intake:
    """Return what is in a folder of one student's: no name in it can make it anybody else's."""
    owner = Owner(student.id, student.id)
    pieces = {owner: [Piece(disk_node(str(source.path)), source.path.name, ())]}
    handins = Handins({owner: student}, pieces, source.exercises, Names(source.known))
    return Intake(layout="one", students=(student,), handins=handins, unread=tuple(handins.unread()))


class _Silent:
    """Watches without a word: what is to be said stands in the results."""

    def begun(self, begun: Begun) -> None:
        """Say nothing."""

    def graded(self, outcome: Outcome) -> None:
        """Say nothing."""
