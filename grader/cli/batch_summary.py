"""What a batch leaves behind: its files, and the lines that close it."""

from __future__ import annotations

import importlib
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from grader.batch.freshness import are_current, remember
from grader.cli.batch_progress import FAULT, ended
from grader.cli.screen import Style
from grader.sanitise import plain_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from grader.batch.records import Book
    from grader.cli.app import App

REPORT = "report.html"
_MOST_NAMED = 5
_LONGEST = 1000


def load_writers() -> None:
    """Import what `write_out` will need: a second, mostly of matplotlib and Jinja, for when nothing else is to do."""
    for name in ("grader.batch.exports", "grader.batch.report.pictures", "jinja2"):
        importlib.import_module(name)


def write_out(app: App, book: Book, out: Path) -> tuple[Path, ...]:
    """Write every export and the report into `out` unless they are there already; return where they are.

    Raises:
        WorkspaceError: something cannot be written.
    """
    from grader.batch.exports import paths_in, write_exports  # noqa: PLC0415 - only once all is graded

    report = out / REPORT
    written = (*paths_in(out), report)
    if are_current(book, out, written):
        app.note("batch.unchanged")
        return written
    from grader.batch.report import write_report  # noqa: PLC0415 - matplotlib and Jinja take a second

    app.note("batch.writing", out=out)
    write_exports(book, out)
    write_report(book, report, at=datetime.now(UTC))
    remember(book, out, written)
    return written


def closing_lines(app: App, book: Book, written: Sequence[Path]) -> Iterator[str]:
    """Yield what an instructor reads at the end: how it ended, what went wrong, where to look."""
    rows = list(book.rows())
    counts = Counter(FAULT if row.is_fault else row.status.value for row in rows)
    said = ended(app, dict(counts.most_common()))
    yield app.text("batch.ended", students=len(book.students), exercises=len(book.exercises), ended=said)
    faults = [row for row in rows if row.is_fault]
    if faults:
        yield app.screen.paint(app.text("batch.faults", count=len(faults)), Style.BAD)
        for row in faults[:_MOST_NAMED]:
            yield f"  {plain_line(f'{row.student} {row.exercise}: {row.message}', _LONGEST)}"
    if book.unread:
        yield app.screen.paint(app.text("batch.unread", count=len(book.unread)), Style.NOTE)
        for each in book.unread[:_MOST_NAMED]:
            yield f"  {plain_line(f'{each.file}: {each.reason.in_lang(app.texts.lang)}', _LONGEST)}"
    if book.sandbox != "full":
        yield app.screen.paint(app.text("batch.sandbox", level=book.sandbox), Style.BAD)
    yield app.text("batch.written")
    for path in written:
        yield f"  {app.shown(path)}"
