"""The commands that make, restore and run the learner's files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.localised import LocalCommand, shared_options
from grader.course import find_exercise
from grader.errors import UsageError, WorkspaceError
from grader.workspace import create_workspace, default_workspace, reset

if TYPE_CHECKING:
    from grader.cli.app import App
    from grader.workspace import Workspace

_SIGNAL_STATUS = 128


@click.command("init", cls=LocalCommand)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@shared_options
@click.pass_obj
def init(app: App, folder: Path | None) -> int:
    """Make a workspace, or add what is missing to one."""
    if folder is None:
        found = app.find_workspace()
        folder = found.root if found else default_workspace(app.here)
    created = create_workspace(app.here / folder, app.course)
    root = created.workspace.root
    if created.made:
        app.say("init.made", path=root, count=len(created.made))
    if created.kept:
        app.say("init.kept", path=root, count=len(created.kept))
    if root not in (app.here, default_workspace(app.here)):
        app.say("init.go_there", path=root)
    app.say("init.next")
    return 0


@click.command("reset", cls=LocalCommand)
@click.argument("exercise", metavar="EX")
@click.option("--yes", is_flag=True)
@shared_options
@click.pass_obj
def reset_exercise(app: App, exercise: str, *, yes: bool) -> int:
    """Put the stub back and keep a backup of the learner's file."""
    found = find_exercise(app.course, exercise)
    workspace = _existing_workspace(app)
    path = workspace.submission_path(found)
    if path.exists() and not yes and not _agrees(app, path):
        app.say("reset.left", path=path)
        return 1
    backup = reset(workspace, found)
    app.say("reset.done", path=path)
    if backup is not None:
        app.say("reset.backup", path=backup)
    return 0


@click.command("run", cls=LocalCommand)
@click.argument("exercise", metavar="EX")
@shared_options
@click.pass_obj
def run(app: App, exercise: str) -> int:
    """Run the learner's file as a script, without the grader's limits."""
    found = find_exercise(app.course, exercise)
    path = _existing_workspace(app).submission_path(found)
    if not path.is_file():
        raise UsageError("target.deleted", path=path, exercise=found.id)
    import subprocess  # noqa: PLC0415 - 5 ms that `grader list` need not pay

    # The learner's own program in the learner's own terminal, as `python FILE` is.
    status = subprocess.call([sys.executable, str(path)])
    return status if status >= 0 else _SIGNAL_STATUS - status


def _existing_workspace(app: App) -> Workspace:
    found = app.find_workspace()
    if found is None:
        raise WorkspaceError("workspace.none", here=app.here)
    return found


def _agrees(app: App, path: Path) -> bool:
    try:
        return click.confirm(app.text("reset.ask", path=path), default=False)
    except click.Abort as abort:
        if sys.stdin.isatty():
            raise
        raise UsageError("reset.no_answer", path=path) from abort
