"""The command that draws what a learner's code does."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.localised import LocalCommand, shared_options
from grader.cli.screen import can_write
from grader.cli.targets import read_arguments, require_readable
from grader.errors import UsageError, WorkspaceError
from grader.model import GradeOptions, GradeRequest

if TYPE_CHECKING:
    from grader.cli.app import App
    from grader.model import Plot

_LARGEST_SEED = 2**32 - 1
# The same numbers at each call: two pictures then differ by what was edited between them.
_SEED = 0
_LEAST_COLUMNS, _MOST_COLUMNS = 40, 100
_LEAST_ROWS, _MOST_ROWS = 8, 20
# What stands above and below the curves: title, axes, legend, and the prompt.
_OTHER_ROWS = 10


@click.command("plot", cls=LocalCommand)
@click.argument("exercise", metavar="EX")
@click.argument("file", metavar="[FILE]", required=False)
@click.option("--save", type=click.Path(path_type=Path), metavar="PATH")
@click.option("--seed", type=click.IntRange(0, _LARGEST_SEED), metavar="N", default=_SEED)
@shared_options
@click.pass_obj
def plot(app: App, exercise: str, file: str | None, *, save: Path | None, seed: int) -> int:
    """Draw what the learner's code does as curves."""
    target = None if save is None else _target(save)
    request = _request(app, exercise, file)
    asked = request.exercise
    if not asked.plot.is_file():
        app.note("plot.none", exercise=asked.id)
        return 1
    drawn = _plotted(app, request, seed)
    if drawn is None:
        from grader.judge.plots import WALL_S  # noqa: PLC0415 - loaded by now

        words = ["grader", "check", asked.id] + ([] if file is None else [file])
        app.note("plot.nothing", path=request.file, command=shlex.join(words), seconds=WALL_S)
        return 1
    _print(app, drawn)
    if target is not None:
        from grader.drawing import save_picture  # noqa: PLC0415 - subprocess, which nothing else here needs

        folder, stem = target
        path = save_picture(drawn, app.here / folder, stem or asked.name, app.texts.lang)
        app.say("plot.saved", path=path)
    return 0


def _target(save: Path) -> tuple[Path, str]:
    """Return the folder to save in, and the name without .png, empty where there is none."""
    if save.suffix.lower() == ".png" and not save.is_dir():
        return save.parent, save.stem
    if save.suffix and not save.is_dir():
        raise UsageError("plot.not_png", path=save)
    return save, ""


def _request(app: App, exercise: str, file: str | None) -> GradeRequest:
    given = None if file is None else Path(file)
    named = read_arguments(app.course, [exercise], file=given, everything=False, here=app.here)
    if named.requests:
        return named.requests[0]
    found = named.exercises[0]
    workspace = app.find_workspace()
    if workspace is None:
        raise WorkspaceError("workspace.none", here=app.here)
    path = workspace.submission_path(found)
    if not path.exists():
        raise UsageError("target.deleted", path=path, exercise=found.id)
    require_readable(path)
    return GradeRequest(found, path)


def _plotted(app: App, request: GradeRequest, seed: int) -> Plot | None:
    # As for a check: torch first, then the process that starts workers, then the judge.
    from grader.worker.preload import preload  # noqa: PLC0415

    preload(request.exercise.preload)
    from grader.judge.session import open_starter  # noqa: PLC0415

    with open_starter("cpu") as starter:
        from grader.judge.plots import plot_of  # noqa: PLC0415

        options = GradeOptions(course=app.course, seed=seed, lang=app.texts.lang)
        return plot_of(request, options=options, starter=starter)


def _print(app: App, drawn: Plot) -> None:
    from grader.chart.figure import NEEDED_CHARACTERS  # noqa: PLC0415 - what no other command should wait for
    from grader.cli.chart import charted  # noqa: PLC0415

    size = shutil.get_terminal_size()
    lines = charted(
        drawn,
        lang=app.texts.lang,
        columns=min(max(size.columns, _LEAST_COLUMNS), _MOST_COLUMNS),
        rows=min(max(size.lines - _OTHER_ROWS, _LEAST_ROWS), _MOST_ROWS),
        colours=app.screen.colours,
        braille=can_write(sys.stdout, NEEDED_CHARACTERS),
    )
    for line in lines:
        click.echo(line)
