"""The command that opens the terminal program."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from grader.cli.localised import LocalCommand, shared_options
from grader.errors import UsageError
from grader.workspace import create_workspace, default_workspace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from queue import SimpleQueue

    from grader.cli.app import App
    from grader.workspace import Workspace
    from tui.notes import Note

_STREAMS = ("stdin", "stdout", "stderr")


@click.command("tui", cls=LocalCommand)
@shared_options
@click.pass_obj
def tui(app: App) -> int:
    """Practise in the terminal program."""
    # Behind "grader serve" the streams are pipes to the page.
    off_terminal = [] if app.environ.get("TEXTUAL_DRIVER") else streams_off_terminal(app.environ)
    if off_terminal:
        raise UsageError("tui.need_terminal", streams=", ".join(off_terminal))
    return open_tui(app)


def streams_off_terminal(environ: Mapping[str, str]) -> list[str]:
    """Return the names of the standard streams that are no terminal though the program needs one.

    Keys are read from stdin and the screen is drawn on stderr; where only stdout
    is redirected, somebody wants text. In a browser, the driver that `environ` names needs none.
    """
    if environ.get("TEXTUAL_DRIVER"):
        return []
    return [name for name in _STREAMS if not _is_terminal(name)]


def open_tui(app: App) -> int:
    """Open the terminal program on the workspace of the current folder; one is made if there is none."""
    # The list of exercises must not wait for Textual.
    from queue import SimpleQueue  # noqa: PLC0415

    from grader.practice import Practice  # noqa: PLC0415
    from tui.notes import warning  # noqa: PLC0415
    from tui.program import run  # noqa: PLC0415

    notes: SimpleQueue[Note] = SimpleQueue()
    workspace = _workspace(app, notes)
    # What is printed would be drawn over: the program shows it.
    practice = Practice(app.course, workspace, lambda path: notes.put(warning("progress.damaged", path=path)))
    return run(practice, app.texts, lang_chosen=app.lang_option is not None, environ=app.environ, notes=notes)


def _workspace(app: App, notes: SimpleQueue[Note]) -> Workspace:
    from tui.notes import neutral  # noqa: PLC0415

    found = app.find_workspace()
    if found is not None:
        return found
    created = create_workspace(default_workspace(app.here), app.course)
    notes.put(neutral("tui.step.made", path=created.workspace.root, count=len(created.made)))
    return created.workspace


def _is_terminal(name: str) -> bool:
    stream = getattr(sys, name)
    return stream is not None and bool(stream.isatty())
