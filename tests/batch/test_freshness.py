"""Whether files that were written before would come out the same."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest

from grader.batch.exports import paths_in, write_exports
from grader.batch.freshness import MARK, are_current, remember
from grader.batch.records import Student
from grader.errors import WorkspaceError
from grader.model import Text
from tests.batch.exports.books import class_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from grader.batch.records import Book


@pytest.fixture
def book() -> Book:
    """Return a class of one."""
    return replace(class_of(Student(id="ann")), digest="1")


@pytest.fixture
def out(tmp_path: Path, book: Book) -> Path:
    """Return a folder where everything of `book` was just written."""
    write_exports(book, tmp_path)
    remember(book, tmp_path, paths_in(tmp_path))
    return tmp_path


def test_what_was_just_written_is_current(out: Path, book: Book) -> None:
    """Neither asking nor what lies beside the files changes that."""
    assert are_current(book, out, paths_in(out))
    (out / "notes.txt").write_bytes(b"mine")
    assert are_current(book, out, paths_in(out))


def test_nothing_is_current_before_the_first_time(tmp_path: Path, book: Book) -> None:
    """Files alone are not enough: nobody knows what they were made from."""
    write_exports(book, tmp_path)
    assert not are_current(book, tmp_path, paths_in(tmp_path))
    (tmp_path / MARK).write_bytes(b"\xff\xfe")
    assert not are_current(book, tmp_path, paths_in(tmp_path))


@pytest.mark.parametrize(
    "change",
    [
        lambda out: (out / "grades.csv").unlink(),
        lambda out: (out / "junit.xml").write_bytes(b""),
        lambda out: (out / "feedback" / "ann.md").unlink(),
        lambda out: os.utime(out / "feedback" / "ann.html", (1, 1)),
        lambda out: (out / "feedback" / ".ann.md.12-0123abcd.tmp").write_bytes(b"half"),
        lambda out: (out / "results.jsonl").rename(out / "moved") and (out / "results.jsonl").symlink_to("moved"),
    ],
    ids=["gone", "other content", "page gone", "touched", "draft", "link"],
)
def test_files_that_somebody_touched_are_not(out: Path, book: Book, change: Callable[[Path], object]) -> None:
    """A file that is gone, was edited, or is new among the feedback."""
    change(out)
    assert not are_current(book, out, paths_in(out))


def test_other_results_or_another_wording_are_not(out: Path, book: Book) -> None:
    """The results behind the book, and what the course is called, are both on the pages."""
    titled = msgspec.structs.replace(book.course, title=Text("Another", "另一个"))
    exercise = msgspec.structs.replace(book.exercises[0], title=Text("Another", "另一个"))
    for other in (
        replace(book, digest="2"),
        replace(book, course=titled),
        replace(book, exercises=(exercise, *book.exercises[1:])),
    ):
        assert not are_current(other, out, paths_in(out))


def test_a_note_that_cannot_be_written_is_said(tmp_path: Path, book: Book) -> None:
    """Where the folder is gone, the message names what was to be written."""
    with pytest.raises(WorkspaceError) as caught:
        remember(book, tmp_path / "none", ())
    assert caught.value.params["path"] == tmp_path / "none" / MARK
