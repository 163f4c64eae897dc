"""The command `grader`: its commands put together, and the one place that reports errors."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

import click

import grader
from grader.cli import (
    author_command,
    batch_command,
    browse,
    check,
    doctor_command,
    export_command,
    grade_command,
    guidance,
    package_command,
    plot,
    serve_command,
    tui_command,
    warm_command,
    watch,
    workspace_commands,
)
from grader.cli.app import App
from grader.cli.localised import LocalGroup, shared_options
from grader.errors import GraderError
from grader.sanitise import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

FAULT = 2
INTERRUPTED = 130
_LONGEST_MESSAGE = 2000


@click.group(cls=LocalGroup, invoke_without_command=True)
@click.version_option(grader.__version__, prog_name="grader")
@shared_options
@click.pass_context
def grader_group(ctx: click.Context) -> int:
    """Without a command, open the terminal program, or off a terminal show the exercises and the next step."""
    if ctx.invoked_subcommand:
        return 0
    app = ctx.ensure_object(App)
    return browse.overview(app) if tui_command.streams_off_terminal(app.environ) else tui_command.open_tui(app)


for command in (
    tui_command.tui,
    workspace_commands.init,
    browse.list_exercises,
    browse.show,
    check.check,
    watch.watch,
    serve_command.serve,
    guidance.hint,
    browse.next_step,
    workspace_commands.run,
    plot.plot,
    guidance.solution,
    guidance.diff,
    workspace_commands.reset_exercise,
    browse.progress,
    doctor_command.doctor,
    warm_command.warm,
    batch_command.batch,
    grade_command.grade,
    export_command.export,
    package_command.package,
    author_command.author,
):
    grader_group.add_command(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status: 0, 1 or 2."""
    for stream in (sys.stdout, sys.stderr):
        _never_fail_on_characters(stream)
    app = App(os.environ)
    try:
        result = grader_group.main(arguments, prog_name="grader", standalone_mode=False, obj=app)
    except GraderError as error:
        click.echo(app.explain(error), err=True)
        _debug(app)
    except click.ClickException as error:
        _show_wrong_use(error)
    except click.Abort:
        click.echo(err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output left (`grader list | head -1`): nothing is wrong,
        # and the interpreter must not complain when it flushes at its end.
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 - the last stop before a traceback of ours
        kind = type(error).__name__
        click.echo(app.explain(GraderError("error.internal", kind=kind, detail=error)), err=True)
        _debug(app)
    else:
        return result if isinstance(result, int) else 0
    return FAULT


def _show_wrong_use(error: click.ClickException) -> None:
    # Not error.show(): an argument that click quotes may hold control characters.
    if isinstance(error, click.UsageError) and error.ctx is not None:
        click.echo(f"{error.ctx.get_usage()}\nTry: {error.ctx.command_path} --help", err=True)
    click.echo(plain(error.format_message(), _LONGEST_MESSAGE), err=True)


def _debug(app: App) -> None:
    if app.environ.get("GRADER_DEBUG"):
        import traceback  # noqa: PLC0415 - 5 ms that only a fault should cost

        traceback.print_exc()


def _never_fail_on_characters(stream: TextIO) -> None:
    # A terminal set to an old encoding shows "?" rather than ending the command.
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
