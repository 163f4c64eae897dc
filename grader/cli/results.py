"""The results of a class that an instructor's commands read or change."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from grader.batch.bookkeeping import book_of
from grader.batch.run import alone_in
from grader.batch.store import FILE_NAME, Store
from grader.cli.batch_summary import write_out
from grader.course import load_course
from grader.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.batch.records import Book
    from grader.cli.app import App
    from grader.model import Course


class Results(NamedTuple):
    """What is known of a class, and the course that it was graded by."""

    store: Store
    course: Course


@contextmanager
def opened(app: App, out: Path) -> Iterator[Results]:
    """Open the results in `out`, with the course that was asked for or else the one that they were made with.

    Raises:
        UsageError: there are none.
        CourseError: that course is no longer where it was.
        WorkspaceError: they cannot be read.
    """
    with Store(_folder(app, out) / FILE_NAME) as store:
        made_with = store.settings().get("course")
        if made_with is None:
            raise UsageError("grade.no_results", out=app.here / out)
        yield Results(store, app.course if app.course_option is not None else load_course(Path(made_with)))


@contextmanager
def changed(app: App, out: Path) -> Iterator[Results]:
    """Open the results in `out` to change them; every export is written anew afterwards.

    Raises:
        UsageError: there are none, or a run is at work on them.
        CourseError: the course that they were made with is no longer where it was.
        WorkspaceError: they cannot be read or written.
    """
    folder = _folder(app, out)
    with alone_in(folder), opened(app, out) as results:
        yield results
        write_out(app, book_of(results.store, results.course), folder)


@contextmanager
def book_in(app: App, out: Path) -> Iterator[Book]:
    """Open the book of the class in `out`.

    Raises:
        UsageError: there is none.
        CourseError: the course that it was made with is no longer where it was.
        WorkspaceError: it cannot be read.
    """
    with opened(app, out) as results:
        yield book_of(results.store, results.course)


def _folder(app: App, out: Path) -> Path:
    folder = app.here / out
    if not (folder / FILE_NAME).is_file():
        raise UsageError("grade.no_results", out=folder)
    return folder
