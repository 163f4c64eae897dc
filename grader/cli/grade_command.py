"""The commands that set a score by hand, in place of the grader's."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.localised import LocalCommand, LocalGroup, shared_options
from grader.course import find_exercise
from grader.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.cli.app import App

_out = click.option("--out", metavar="OUT", type=click.Path(path_type=Path), default=Path())


@click.group("grade", cls=LocalGroup)
@shared_options
def grade() -> None:
    """Hold the commands together."""


@grade.command("set", cls=LocalCommand)
@click.argument("student", metavar="STUDENT")
@click.argument("exercise", metavar="EX")
@click.argument("score", metavar="SCORE", type=float)
@click.option("--why", metavar="TEXT", required=True)
@_out
@shared_options
@click.pass_obj
def set_score(app: App, student: str, exercise: str, score: float, *, why: str, out: Path) -> int:
    """Set a score, which no later run changes."""
    from grader.batch.records import Override  # noqa: PLC0415 - for this command alone
    from grader.cli.results import changed  # noqa: PLC0415 - as above

    if not (math.isfinite(score) and score >= 0):
        raise UsageError("grade.not_a_score", score=score)
    if not why.strip():
        raise UsageError("grade.no_reason")
    with changed(app, out) as (store, course):
        found = find_exercise(course, exercise)
        _require(student, [each.id for each in store.students()])
        at = datetime.now(UTC).isoformat(timespec="seconds")
        store.override(student, found.id, Override(score, why.strip(), at))
    app.say("grade.set", student=student, exercise=found.id, score=f"{score:g}", max_score=f"{found.points:g}")
    return 0


@grade.command("clear", cls=LocalCommand)
@click.argument("student", metavar="STUDENT")
@click.argument("exercise", metavar="EX")
@_out
@shared_options
@click.pass_obj
def clear(app: App, student: str, exercise: str, *, out: Path) -> int:
    """Let the grader's own score count again."""
    from grader.cli.results import changed  # noqa: PLC0415 - for this command alone

    with changed(app, out) as (store, course):
        found = find_exercise(course, exercise)
        # Who handed in at an earlier run alone may still have a score that waits for the next.
        _require(student, [*(each.id for each in store.students()), *(who for who, _ in store.overrides())])
        was_set = store.clear_override(student, found.id)
    app.say("grade.cleared" if was_set else "grade.was_not_set", student=student, exercise=found.id)
    return 0


@grade.command("list", cls=LocalCommand)
@_out
@shared_options
@click.pass_obj
def list_scores(app: App, *, out: Path) -> int:
    """Show the scores that were set by hand."""
    from grader.cli.results import opened  # noqa: PLC0415 - for this command alone

    with opened(app, out) as (store, _):
        overrides = store.overrides()
    for (student, exercise), override in sorted(overrides.items()):
        app.say(
            "grade.row",
            student=student,
            exercise=exercise,
            score=f"{override.score:g}",
            why=override.why,
            at=override.at,
        )
    if not overrides:
        app.say("grade.none")
    return 0


def _require(student: str, known: list[str]) -> None:
    if student not in known:
        raise UsageError("grade.no_student", student=student, nearest=", ".join(_nearest(student, known)) or "-")


def _nearest(student: str, known: list[str]) -> Iterator[str]:
    from difflib import get_close_matches  # noqa: PLC0415 - only for who mistyped

    yield from get_close_matches(student, known, n=3, cutoff=0.4)
