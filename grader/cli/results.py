"""The results of a class that an instructor's commands read or change."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from grader.batch.bookkeeping import book_of
from grader.batch.run import alone_in
from grader.batch.store import FILE_NAME, Store
from grader.cli.batch_summary import write_out
from grader.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from grader.batch.records import Book
    from grader.cli.app import App


@contextmanager
def opened(app: App, out: Path) -> Iterator[Store]:
    """Open the results in `out`.

    Raises:
        UsageError: there are none.
        WorkspaceError: they cannot be read.
    """
    folder = app.here / out
    if not (folder / FILE_NAME).is_file():
        raise UsageError("grade.no_results", out=folder)
    with Store(folder / FILE_NAME) as store:
        yield store


@contextmanager
def changed(app: App, out: Path) -> Iterator[Store]:
    """Open the results in `out` to change them; every export is written anew afterwards.

    Raises:
        UsageError: there are none, or a run is at work on them.
        WorkspaceError: they cannot be read or written.
    """
    folder = app.here / out
    with opened(app, out) as store, alone_in(folder):
        yield store
        write_out(app, book_of(store, app.course), folder)


@contextmanager
def book_in(app: App, out: Path) -> Iterator[Book]:
    """Open the book of the class in `out`.

    Raises:
        UsageError: there is none.
        WorkspaceError: it cannot be read.
    """
    with opened(app, out) as store:
        yield book_of(store, app.course)
