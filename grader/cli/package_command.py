"""The commands that pack the grader for services that grade by themselves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.batch_command import chosen_exercises
from grader.cli.check import finite_seconds, limits_for
from grader.cli.localised import LocalCommand, LocalGroup, shared_options

if TYPE_CHECKING:
    from grader.batch.package import Settings
    from grader.cli.app import App
    from grader.model import Exercise

_LEAST_LIMIT_S = 90
_path = click.Path(path_type=Path)
_exercises = click.option("--exercises", metavar="EX,EX,…")
_timeout = click.option("--timeout", "timeout_s", type=float, callback=finite_seconds, metavar="SECONDS")
_unsafe = click.option("--unsafe", is_flag=True)


@click.group("package", cls=LocalGroup)
@shared_options
def package() -> None:
    """Hold the commands together."""


@package.command("gradescope", cls=LocalCommand)
@_exercises
@click.option("--out", metavar="FILE", type=_path, default=Path("gradlings-gradescope.zip"))
@_timeout
@click.option("--limit", "limit_s", type=click.IntRange(min=_LEAST_LIMIT_S), default=600, metavar="SECONDS")
@_unsafe
@shared_options
@click.pass_obj
def gradescope(
    app: App, *, exercises: str | None, out: Path, timeout_s: float | None, limit_s: int, unsafe: bool
) -> int:
    """Write an autograder for Gradescope."""
    from grader.batch.package import gradescope_files, write_zip  # noqa: PLC0415 - for this command alone

    chosen = chosen_exercises(app, exercises)
    files = gradescope_files(app.course, _settings(app, chosen, timeout_s, unsafe=unsafe), limit_s=limit_s)
    target = app.here / out
    size = write_zip(files, target)
    app.say("package.zipped", path=target, mib=f"{size / (1 << 20):.1f}", exercises=len(chosen), points=_points(chosen))
    app.say("package.gradescope_next", points=_points(chosen), minutes=f"{limit_s / 60:g}")
    if unsafe:
        app.note("package.unsafe")
    return 0


@package.command("classroom", cls=LocalCommand)
@_exercises
@click.option("--out", metavar="DIR", type=_path, default=Path())
@_timeout
@_unsafe
@shared_options
@click.pass_obj
def classroom(app: App, *, exercises: str | None, out: Path, timeout_s: float | None, unsafe: bool) -> int:
    """Write a workflow for GitHub Classroom."""
    from grader.batch.package import classroom_files, write_folder  # noqa: PLC0415 - for this command alone

    chosen = chosen_exercises(app, exercises)
    files = classroom_files(app.course, _settings(app, chosen, timeout_s, unsafe=unsafe))
    written = write_folder(files, app.here / out)
    app.say("package.written", path=app.here / out, count=len(written), exercises=len(chosen), points=_points(chosen))
    app.say("package.classroom_next", workflow=written[0])
    if unsafe:
        app.note("package.unsafe")
    return 0


def _settings(app: App, chosen: tuple[Exercise, ...], timeout_s: float | None, *, unsafe: bool) -> Settings:
    from grader.batch.package import Settings  # noqa: PLC0415 - as in the commands

    return Settings(
        exercises=tuple(each.id for each in chosen),
        lang=app.texts.lang,
        limits=limits_for(timeout_s),
        unsafe=unsafe,
    )


def _points(chosen: tuple[Exercise, ...]) -> str:
    return f"{sum(each.points for each in chosen):g}"
