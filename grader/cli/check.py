"""The command that grades."""

from __future__ import annotations

import math
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from grader.cli.grading import verdicts
from grader.cli.localised import LocalCommand, shared_options
from grader.cli.report import rendered
from grader.cli.targets import read_arguments, require_readable
from grader.course import read_after
from grader.errors import UsageError, WorkspaceError
from grader.model import Graded, GradeOptions, GradeRequest, Limits
from grader.shown import cleaned
from grader.workspace import missing_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.cli.app import App
    from grader.cli.targets import Named
    from grader.model import Exercise, Report
    from grader.workspace import Workspace

DEVICES = ("auto", "cpu", "cuda", "mps")
LARGEST_SEED = 2**32 - 1


class _Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The options of one `check`."""

    file_given: bool
    device: str
    seed: int
    timeout_s: float | None
    as_json: bool


def limits_for(timeout_s: float | None) -> Limits:
    """Return the usual limits, with the wall clock that was asked for."""
    usual = Limits()
    if timeout_s is None:
        return usual
    return msgspec.structs.replace(usual, wall_s=timeout_s, cpu_s=max(usual.cpu_s, timeout_s))


def finite_seconds(_: click.Context, __: click.Parameter, value: float | None) -> float | None:
    """Return a time that was asked for, if it is one."""
    if value is not None and not (math.isfinite(value) and value > 0):
        message = f"{value} is not a positive number of seconds."
        raise click.BadParameter(message)
    return value


@click.command("check", cls=LocalCommand)
@click.argument("arguments", metavar="[EX]... [FILE]", nargs=-1)
@click.option("--file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--all", "everything", is_flag=True)
@click.option("--device", type=click.Choice(DEVICES), default="auto")
@click.option("--seed", type=click.IntRange(0, LARGEST_SEED), metavar="N")
@click.option("--timeout", "timeout_s", type=float, callback=finite_seconds, metavar="SECONDS")
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def check(  # noqa: PLR0913 - one parameter for each option
    app: App,
    arguments: tuple[str, ...],
    *,
    file: Path | None,
    everything: bool,
    device: str,
    seed: int | None,
    timeout_s: float | None,
    as_json: bool,
) -> int:
    """Grade exercises and say what is wrong."""
    named = read_arguments(app.course, arguments, file=file, everything=everything, here=app.here)
    asked = _Asked(
        file_given=bool(named.requests),
        device=device,
        seed=_fresh_seed() if seed is None else seed,
        timeout_s=timeout_s,
        as_json=as_json,
    )
    requests, workspace = _requests(app, named)
    if not requests:
        app.note("next.all_passed")
        if as_json:
            click.echo(b"[]")
        return 0
    reports: list[Report] = []
    for request, report in _graded(app, requests, workspace, asked):
        reports.append(report)
        if not as_json:
            _print(app, request, report, asked)
    if as_json:
        plural = everything or len(reports) > 1
        click.echo(msgspec.json.encode(reports if plural else reports[0]))
    return 0 if all(report.passed for report in reports) else 1


def _requests(app: App, named: Named) -> tuple[tuple[GradeRequest, ...], Workspace | None]:
    if named.requests:
        return named.requests, app.find_workspace()
    workspace = app.workspace_or_new()
    exercises = named.exercises or _next(app)
    missing = missing_files(workspace, exercises)
    if missing:
        first = missing[0]
        path = workspace.submission_path(first)
        raise UsageError("target.deleted", path=path, exercise=first.id)
    requests = tuple(GradeRequest(each, workspace.submission_path(each)) for each in exercises)
    for request in requests:
        require_readable(request.file)
    return requests, workspace


def _next(app: App) -> tuple[Exercise, ...]:
    found = app.next_exercise()
    return () if found is None else (found,)


def _graded(
    app: App, requests: tuple[GradeRequest, ...], workspace: Workspace | None, asked: _Asked
) -> Iterator[tuple[GradeRequest, Report]]:
    options = GradeOptions(
        course=app.course,
        seed=asked.seed,
        lang=app.texts.lang,
        device=asked.device,
        limits=limits_for(asked.timeout_s),
    )
    for request, graded in zip(requests, verdicts(app, requests, options), strict=True):
        cleaned_up = Graded(cleaned(graded.report), graded.sha256)
        yield request, cleaned_up.report
        if workspace is not None and workspace.holds(request.file):
            _record(app, workspace, cleaned_up)


def _print(app: App, request: GradeRequest, report: Report, asked: _Asked) -> None:
    replay = _replay(app, request, asked)
    click.echo(rendered(report, texts=app.texts, screen=app.screen, replay=replay))
    if report.passed:
        after = read_after(request.exercise, app.texts.lang)
        if after:
            click.echo(f"\n{app.screen.paint(after)}\n")
        app.say("check.compare", exercise=request.exercise.id)
    click.echo()


def _replay(app: App, request: GradeRequest, asked: _Asked) -> str:
    words = ["grader", "check", request.exercise.id]
    if asked.file_given:
        words.append(app.shown(request.file))
    words += ["--seed", str(asked.seed)]
    if asked.device != "auto":
        words += ["--device", asked.device]
    if asked.timeout_s is not None:
        words += ["--timeout", f"{asked.timeout_s:g}"]
    if app.course_option is not None:
        words += ["--course", str(app.course_option)]
    return shlex.join(words)


def _record(app: App, workspace: Workspace, graded: Graded) -> None:
    # A verdict stands even where nothing can be written.
    try:
        app.practice(workspace).record(graded)
    except WorkspaceError as error:
        app.note("progress.not_saved", reason=app.explain(error))


def _fresh_seed() -> int:
    from grader.practice import fresh_seed  # noqa: PLC0415 - 5 ms that `grader list` need not pay

    return fresh_seed()
