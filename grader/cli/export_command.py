"""The commands that fill a learning platform's own file with grades."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.localised import LocalCommand, LocalGroup, shared_options
from grader.course import find_exercise

if TYPE_CHECKING:
    from grader.batch.exports import Filled
    from grader.batch.records import Book
    from grader.cli.app import App

_MOST_NAMED = 20
_path = click.Path(path_type=Path)
_results = click.option("--results", metavar="OUT", type=_path, default=Path())
_exercise = click.option("--exercise", metavar="EX")
_to = click.option("--to", metavar="FILE", type=_path)


@click.group("export", cls=LocalGroup)
@shared_options
def export() -> None:
    """Hold the commands together."""


@export.command("moodle", cls=LocalCommand)
@click.argument("worksheet", metavar="WORKSHEET", type=_path)
@_results
@_exercise
@_to
@click.option("--by-name", is_flag=True)
@shared_options
@click.pass_obj
def moodle(app: App, worksheet: Path, *, results: Path, exercise: str | None, to: Path | None, by_name: bool) -> int:
    """Fill Moodle's grading worksheet."""
    from grader.batch.exports import fill_moodle  # noqa: PLC0415 - for this command alone
    from grader.cli.results import book_in  # noqa: PLC0415 - as above

    target = _target(app, worksheet, to)
    with book_in(app, results) as book:
        filled = fill_moodle(book, app.here / worksheet, out=target, exercise=_id(book, exercise), by_name=by_name)
    return _told(app, filled, target)


@export.command("canvas", cls=LocalCommand)
@click.argument("gradebook", metavar="GRADEBOOK", type=_path)
@_results
@_exercise
@click.option("--column", metavar="TITLE")
@_to
@shared_options
@click.pass_obj
def canvas(
    app: App, gradebook: Path, *, results: Path, exercise: str | None, column: str | None, to: Path | None
) -> int:
    """Fill Canvas's gradebook."""
    from grader.batch.exports import fill_canvas  # noqa: PLC0415 - for this command alone
    from grader.cli.results import book_in  # noqa: PLC0415 - as above

    target = _target(app, gradebook, to)
    with book_in(app, results) as book:
        filled = fill_canvas(book, app.here / gradebook, out=target, column=column, exercise=_id(book, exercise))
    return _told(app, filled, target)


def _target(app: App, given: Path, to: Path | None) -> Path:
    return app.here / (to or given.with_name(f"{given.stem}.graded{given.suffix}"))


def _id(book: Book, exercise: str | None) -> str | None:
    return None if exercise is None else find_exercise(book.course, exercise).id


def _told(app: App, filled: Filled, target: Path) -> int:
    """Say what was filled and what was not; 1 where something was left over."""
    app.say("export.filled", count=filled.filled, path=target)
    left = (
        ("export.unmatched_rows", filled.unmatched_rows),
        ("export.unmatched_students", filled.unmatched_students),
        ("export.locked", filled.locked),
        ("export.ungraded", filled.ungraded),
        ("export.above", filled.above),
    )
    for key, names in left:
        if names:
            more = "" if len(names) <= _MOST_NAMED else f", … (+{len(names) - _MOST_NAMED})"
            app.say(key, count=len(names), names=", ".join(names[:_MOST_NAMED]) + more)
    return 1 if any(names for _, names in left) else 0
