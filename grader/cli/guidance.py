"""The commands that help a learner on: hints, the reference solution, and the difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from grader.cli.difference import LONGEST_FILE, difference_lines, read_source
from grader.cli.localised import LocalCommand, shared_options
from grader.cli.screen import Style
from grader.course import find_exercise, load_hints
from grader.errors import UsageError, WorkspaceError
from grader.sanitise import plain

if TYPE_CHECKING:
    from grader.cli.app import App
    from grader.model import Exercise, Hint


@click.command("hint", cls=LocalCommand)
@click.argument("exercise", metavar="[EX]", required=False)
@click.option("--again", "--all-taken", "again", is_flag=True)
@shared_options
@click.pass_obj
def hint(app: App, exercise: str | None, *, again: bool) -> int:
    """Show one more hint, or those that were taken."""
    found = find_exercise(app.course, exercise) if exercise else app.next_exercise()
    if found is None:
        app.say("next.all_passed")
        return 0
    hints = load_hints(found)
    before = _taken(app, found)
    if again:
        for level in range(1, min(before, len(hints)) + 1):
            _print_hint(app, hints, level)
        if not before:
            app.say("hint.none_taken", exercise=found.id)
        return 0
    if before >= len(hints):
        app.say("hint.no_more", exercise=found.id, total=len(hints))
        return 0
    _print_hint(app, hints, before + 1)
    _take(app, found, len(hints))
    key = "hint.more" if before + 1 < len(hints) else "hint.last"
    app.say(key, exercise=found.id)
    return 0


@click.command("solution", cls=LocalCommand)
@click.argument("exercise", metavar="EX")
@click.option("--force", is_flag=True)
@shared_options
@click.pass_obj
def solution(app: App, exercise: str, *, force: bool) -> int:
    """Print the reference solution after a pass."""
    found = find_exercise(app.course, exercise)
    _require_pass(app, found, force=force, command="solution")
    click.echo(plain(read_source(found.solution).rstrip(), LONGEST_FILE))
    return 0


@click.command("diff", cls=LocalCommand)
@click.argument("exercise", metavar="EX")
@click.option("--force", is_flag=True)
@shared_options
@click.pass_obj
def diff(app: App, exercise: str, *, force: bool) -> int:
    """Show what the reference does differently, after a pass."""
    found = find_exercise(app.course, exercise)
    workspace = app.find_workspace()
    if workspace is None:
        raise WorkspaceError("workspace.none", here=app.here)
    _require_pass(app, found, force=force, command="diff")
    path = workspace.submission_path(found)
    if not path.is_file():
        raise UsageError("target.deleted", path=path, exercise=found.id)
    lines = list(difference_lines(path, app.shown(path), found.solution, texts=app.texts, screen=app.screen))
    for line in lines:
        click.echo(line)
    if not lines:
        app.say("diff.same")
    return 0


def _print_hint(app: App, hints: tuple[Hint, ...], level: int) -> None:
    taken = hints[level - 1]
    heading = app.text("hint.heading", level=level, total=len(hints))
    click.echo(app.screen.paint(heading, Style.PLACE, bold=True))
    click.echo(app.screen.paint(taken.text.in_lang(app.texts.lang)))
    key = "hint.source" if taken.question is None else "hint.source_question"
    source = app.text(key, article=taken.article, question=taken.question)
    click.echo(app.screen.paint(source, Style.FAINT))
    click.echo()


def _taken(app: App, exercise: Exercise) -> int:
    done = app.summary().get(exercise.id)
    return 0 if done is None else done.hints


def _take(app: App, exercise: Exercise, available: int) -> None:
    # The hint is worth more than its place in the records.
    try:
        app.practice(app.workspace_or_new()).take_hint(exercise, available=available)
    except WorkspaceError as error:
        app.note("progress.not_saved", reason=app.explain(error))


def _require_pass(app: App, exercise: Exercise, *, force: bool, command: str) -> None:
    if not force and exercise.id not in app.passed():
        raise UsageError("solution.locked", exercise=exercise.id, command=command)
