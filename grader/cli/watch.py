"""The command that grades at every save."""

from __future__ import annotations

import importlib.util
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import click

from grader.cli.app import App
from grader.cli.check import check
from grader.cli.localised import LocalCommand, shared_options
from grader.course import find_exercise
from grader.errors import WorkspaceError

if TYPE_CHECKING:
    from grader.model import Exercise
    from grader.practice import Practice
    from grader.workspace import Workspace

_TERMINAL_GONE = 129


@click.command("watch", cls=LocalCommand)
@click.argument("exercise", metavar="[EX]", required=False)
@shared_options
@click.pass_context
def watch(ctx: click.Context, exercise: str | None) -> int:
    """Grade at every save, until the learner quits."""
    app = ctx.ensure_object(App)
    named = find_exercise(app.course, exercise) if exercise else None
    workspace = app.workspace_or_new()
    if _has_terminal(app):
        return _watch(app, workspace, named)
    app.note("watch.no_terminal")
    found = named or _remembered(app, app.practice(workspace))
    status: int = ctx.invoke(check, arguments=(found.id,) if found else ())
    return status


def _watch(app: App, workspace: Workspace, named: Exercise | None) -> int:
    # All that only a terminal needs, and does not exist on every system.
    from grader.cli.terminal import Terminal  # noqa: PLC0415
    from grader.cli.watch_runs import Inbox, SavesThread, Trouble  # noqa: PLC0415
    from grader.cli.watch_session import WatchSession  # noqa: PLC0415
    from grader.practice import Practice  # noqa: PLC0415
    from grader.saves import Saves  # noqa: PLC0415
    from grader.warm import WarmProcess  # noqa: PLC0415

    terminal = Terminal(sys.stdin.fileno(), sys.stdout.fileno(), sys.stdout.encoding)
    inbox = Inbox(terminal.wake)
    practice = Practice(
        app.course, workspace, lambda path: inbox.post(Trouble(WorkspaceError("progress.damaged", path=path)))
    )
    exercise = named or _remembered(app, practice) or practice.next_unfinished() or app.course.exercises[-1]
    saves = Saves(workspace.root, frozenset(each.file_name for each in app.course.exercises))
    with closing(WarmProcess(app.course)) as engine, terminal:
        session = WatchSession(app, practice, exercise, display=terminal, engine=engine, saves=saves, inbox=inbox)
        with closing(SavesThread(saves, inbox)):
            status = session.run()
    if status != _TERMINAL_GONE:
        click.echo(session.farewell())
    return status


def _remembered(app: App, practice: Practice) -> Exercise | None:
    """Return the exercise that was watched last, if it is still there."""
    last = practice.settings().get("exercise")
    return next((each for each in app.course.exercises if each.id == last), None)


def _has_terminal(app: App) -> bool:
    """Say whether there are keys to press and a screen to draw on."""
    if importlib.util.find_spec("termios") is None:
        return False
    return sys.stdin.isatty() and sys.stdout.isatty() and app.environ.get("TERM", "dumb") != "dumb"
