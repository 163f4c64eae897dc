"""The commands of those who write exercises: begin one, and prove it."""

from __future__ import annotations

import signal
import sys
import time
from contextlib import closing as closed_at_the_end
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
import msgspec

from grader.cli.localised import LocalCommand, LocalGroup, shared_options
from grader.course import find_exercise
from grader.places import processors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from grader.author.proofs import Verification
    from grader.cli.app import App
    from grader.model import Exercise

_SEEDS = 20
_ENDING = ("SIGTERM", "SIGHUP")


@click.group("author", cls=LocalGroup)
@shared_options
def author() -> None:
    """Write exercises."""


@author.command("new", cls=LocalCommand)
@click.argument("slug", metavar="SLUG")
@click.option("--chapter", type=click.IntRange(min=1), metavar="N")
@click.option("--title-en", metavar="TEXT")
@click.option("--title-zh", metavar="TEXT")
@shared_options
@click.pass_obj
def new(app: App, slug: str, *, chapter: int | None, title_en: str | None, title_zh: str | None) -> int:
    """Make the files of a new exercise."""
    from grader.author.scaffold import Wish, begin_exercise  # noqa: PLC0415 - for this command alone

    begun = begin_exercise(app.course_option, Wish(slug=slug, chapter=chapter, title_en=title_en, title_zh=title_zh))
    if begun.new_course is not None:
        app.say("author.new_course", path=begun.new_course)
    for path in begun.files:
        app.say("author.made", path=path)
    app.say("author.entered", path=begun.course_file, name=begun.name)
    course = "" if app.course_option is None else f" --course {app.shown(app.course_option)}"
    app.say("author.verify_next", exercise=begun.exercise, course=course)
    return 0


@author.command("verify", cls=LocalCommand)
@click.argument("exercises", metavar="[EX]...", nargs=-1)
@click.option("--seeds", type=click.IntRange(min=1), default=_SEEDS, metavar="N")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N")
@click.option("--no-mutants", is_flag=True)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def verify(
    app: App, exercises: tuple[str, ...], *, seeds: int, jobs: int | None, no_mutants: bool, as_json: bool
) -> int:
    """Prove exercises."""
    chosen = _chosen(app, exercises)
    # Importing torch takes a second, in which somebody may have seen a typo.
    from grader.author.proofs import Effort  # noqa: PLC0415
    from grader.author.running import verify as verifications  # noqa: PLC0415
    from grader.cli.author_progress import Progress  # noqa: PLC0415 - what no other command should wait for
    from grader.cli.author_report import closing, rendered  # noqa: PLC0415

    effort = Effort(right_seeds=seeds, mistake_seeds=seeds, mutants=not no_mutants)
    progress = Progress(app, sys.stderr, app.environ)
    start = time.monotonic()
    found: list[Verification] = []
    running = verifications(
        app.course,
        list(chosen.values()),
        effort=effort,
        jobs=jobs or processors(),
        lang=app.texts.lang,
        on_progress=progress.tell,
    )
    with _ended_like_ctrl_c(), closed_at_the_end(running):
        try:
            for each in running:
                found.append(each)
                progress.clear()
                if not as_json:
                    click.echo(rendered(each, chosen[each.exercise], app))
        finally:
            progress.clear()
    if as_json:
        click.echo(msgspec.json.encode([msgspec.to_builtins(each) | {"proven": each.proven} for each in found]))
    else:
        click.echo(closing(found, time.monotonic() - start, app))
    return 0 if all(each.proven for each in found) else 1


def _chosen(app: App, names: tuple[str, ...]) -> dict[str, Exercise]:
    """Return the exercises by id, in the order in which they were named; all where none was."""
    named = [find_exercise(app.course, name) for name in names] if names else app.course.exercises
    return {each.id: each for each in named}


@contextmanager
def _ended_like_ctrl_c() -> Iterator[None]:
    """Let what asks this process to end leave no other one behind, as Ctrl-C does."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    numbers = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
