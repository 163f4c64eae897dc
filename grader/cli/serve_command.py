"""The command that shows the terminal program in a browser."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from grader.cli.localised import LocalCommand, shared_options
from grader.durable import reason_of
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.cli.app import App

PORT = 8000
_LARGEST_PORT = 65535


@click.command("serve", cls=LocalCommand)
@click.option("--port", type=click.IntRange(0, _LARGEST_PORT), default=PORT, metavar="N")
@shared_options
@click.pass_obj
def serve(app: App, *, port: int) -> int:
    """Show the terminal program in a browser of this computer."""
    if find_spec("textual_serve") is None:
        raise UsageError("serve.missing")
    from tui.serving import HOST, LocalServer, listen  # noqa: PLC0415 - a web server, for this command alone

    # Made here, so that the page need not tell of it.
    app.workspace_or_new()
    try:
        listening = listen(port)
    except OSError as fault:
        raise UsageError("serve.no_port", port=port, reason=reason_of(fault)) from fault
    command = [sys.executable, "-m", "grader", "--lang", app.texts.lang]
    if app.course_option is not None:
        command += ["--course", str(app.course_option.absolute())]
    server = LocalServer([*command, "tui"], listening, app.texts)
    app.say("serve.where", address=f"http://{HOST}:{server.port}")
    server.run()
    return 0
