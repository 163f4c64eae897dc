"""The command that shows and ends the warm processes that `grader check` leaves behind."""

from __future__ import annotations

import click

from grader.cli.app import App
from grader.cli.localised import LocalCommand, LocalGroup, shared_options


@click.group("warm", cls=LocalGroup, invoke_without_command=True)
@shared_options
@click.pass_context
def warm(ctx: click.Context) -> int:
    """Show the warm processes when no command is given."""
    if ctx.invoked_subcommand:
        return 0
    from grader.warm.shared import running  # noqa: PLC0415 - sockets and subprocesses, for this command alone

    app = ctx.ensure_object(App)
    found = list(running(app.environ))
    for each in found:
        app.say("warm.running", pid=each.pid, path=each.socket)
    if not found:
        app.say("warm.none")
    return 0


@warm.command("stop", cls=LocalCommand)
@shared_options
@click.pass_obj
def stop(app: App) -> int:
    """End the warm processes."""
    from grader.warm.shared import stop_all  # noqa: PLC0415 - as above

    count = stop_all(app.environ)
    app.say("warm.stopped" if count else "warm.none", count=count)
    return 0
