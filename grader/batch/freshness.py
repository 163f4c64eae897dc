"""Whether the files that a run gave out are what it would write again: then they are left alone."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from grader.batch.digest import writing_digest
from grader.durable import doing, replace_file
from grader.texts import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from grader.batch.records import Book

MARK = ".written"


def are_current(book: Book, out: Path, written: Sequence[Path]) -> bool:
    """Say whether `written` were made in `out` from this very book, and nobody has touched them since."""
    try:
        mark = (out / MARK).read_text(encoding="ascii")
    except (OSError, ValueError):
        return False
    return mark == _state(book, written)


def remember(book: Book, out: Path, written: Sequence[Path]) -> None:
    """Note in `out` what `written` were made from, and how they look.

    Raises:
        WorkspaceError: the note cannot be written.
    """
    path = out / MARK
    with doing(Phrase("action.write"), path):
        replace_file(path, _state(book, written).encode("ascii"))


def _state(book: Book, written: Sequence[Path]) -> str:
    made_from = hashlib.sha256(f"{writing_digest()}\0{book.digest}\0".encode())
    course = [(each.id, each.slug, each.title, each.points) for each in book.exercises]
    made_from.update(msgspec.json.encode((book.course.title, course)))
    for line in _looks(written):
        made_from.update(f"{line}\0".encode(errors="surrogateescape"))
    return made_from.hexdigest()


def _looks(written: Sequence[Path]) -> Iterator[str]:
    """Yield a line for each file, those in folders included: its name, size, and the time of its last change."""
    for path in written:
        for file in sorted(path.iterdir()) if path.is_dir() else (path,):
            try:
                found = file.lstat()
            except OSError:
                yield f"{file.name} is gone"
            else:
                yield f"{file.name} {found.st_size} {found.st_mtime_ns}"
