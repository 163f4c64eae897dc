"""The command that grades a class."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.check import DEVICES, LARGEST_SEED, finite_seconds, limits_for
from grader.cli.localised import LocalCommand, shared_options
from grader.course import find_exercise
from grader.errors import UsageError
from grader.places import affordable, processors

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.batch.records import Book
    from grader.batch.work import Pool
    from grader.cli.app import App
    from grader.model import Exercise, GradeOptions, Limits

# What an exit status is where a signal ended the run: Ctrl-C is 130.
SIGNALLED = 128
ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


@click.command("batch", cls=LocalCommand)
@click.argument("submissions", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--out", metavar="OUT", type=click.Path(path_type=Path), required=True)
@click.option("--jobs", type=click.IntRange(min=1), metavar="N")
@click.option("--exercises", metavar="EX,EX,…")
@click.option("--device", type=click.Choice(DEVICES), default="auto")
@click.option("--seed", type=click.IntRange(0, LARGEST_SEED), metavar="N")
@click.option("--timeout", "timeout_s", type=float, callback=finite_seconds, metavar="SECONDS")
@click.option("--scheduler", metavar="ADDRESS")
@click.option("--unsafe", is_flag=True)
@shared_options
@click.pass_obj
def batch(  # noqa: PLR0913 - one parameter for each option
    app: App,
    submissions: Path,
    *,
    out: Path,
    jobs: int | None,
    exercises: str | None,
    device: str,
    seed: int | None,
    timeout_s: float | None,
    scheduler: str | None,
    unsafe: bool,
) -> int:
    """Grade everything in a folder or archive."""
    from grader.batch.run import Asked, run_batch  # noqa: PLC0415 - SQLite and more, for this command alone
    from grader.cli.batch_progress import BatchProgress  # noqa: PLC0415 - as above
    from grader.cli.batch_summary import closing_lines, write_out  # noqa: PLC0415 - as above
    from grader.worker.confine import FULL  # noqa: PLC0415 - as above

    _stop_on_signals()
    limits = limits_for(timeout_s)
    asked = Asked(
        course=app.course,
        submissions=app.here / submissions,
        out=app.here / out,
        exercises=chosen_exercises(app, exercises),
        lang=app.texts.lang,
        device=device,
        seed=seed,
        limits=limits,
        unsafe=unsafe,
    )
    progress = BatchProgress(app, sys.stderr, app.environ)
    written: list[Path] = []

    def finish(book: Book) -> None:
        progress.stop()
        written.extend(write_out(app, book, asked.out))

    try:
        with progress:
            open_pool = (
                _local_pool(app, jobs, limits) if scheduler is None else _cluster_pool(app, scheduler, unsafe=unsafe)
            )
            # The workers of a cluster answer for themselves: this machine runs nobody's code then.
            confinement = None if scheduler is None else FULL
            book = run_batch(asked, open_pool=open_pool, watcher=progress, finish=finish, confinement=confinement)
    except KeyboardInterrupt as end:
        app.note("batch.interrupted", out=asked.out, done=progress.done)
        return SIGNALLED + (end.args[0] if end.args else signal.SIGINT)
    for line in closing_lines(app, book, written):
        click.echo(line)
    return 1 if any(row.is_fault for row in book.rows()) else 0


def _stop_on_signals() -> None:
    """Let every signal that asks for an end be as good as Ctrl-C: nothing that runs is left behind."""

    def stop(number: int, _: object) -> None:
        raise KeyboardInterrupt(number)

    for name in ENDING:
        number = getattr(signal, name, None)
        # What is ignored was meant to be: nohup, or a shell that runs this in the background.
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)


def chosen_exercises(app: App, names: str | None) -> tuple[Exercise, ...]:
    """Return the exercises of a comma-separated list, in the order of the course; all without one.

    Raises:
        UsageError: one is not of the course, or the list is empty.
    """
    if names is None:
        return app.course.exercises
    wanted = {find_exercise(app.course, name).id for name in names.split(",") if name.strip()}
    if not wanted:
        raise UsageError("batch.no_exercises")
    return tuple(each for each in app.course.exercises if each.id in wanted)


def _cluster_pool(app: App, scheduler: str, *, unsafe: bool) -> Callable[[GradeOptions, Path], Pool]:
    from grader.batch.cluster import cluster_pool  # noqa: PLC0415 - as in `batch`

    def on_refusal(address: str, reason: str) -> None:
        app.note("cluster.refused", address=address, reason=reason)

    return cluster_pool(scheduler, unsafe=unsafe, on_refusal=on_refusal)


def _local_pool(app: App, jobs: int | None, limits: Limits) -> Callable[[GradeOptions, Path], Pool]:
    from grader.batch.run import local_pool  # noqa: PLC0415 - as in `batch`
    from grader.cli.batch_summary import load_writers  # noqa: PLC0415 - as in `batch`

    most = affordable(limits.memory_bytes)
    places = jobs or min(processors(), most)
    if places > most:
        app.note("batch.much_memory", jobs=places, most=most, gib=f"{limits.memory_bytes / (1 << 30):.1f}")
    open_pool = local_pool(places)

    def open_and_load(options: GradeOptions, staging: Path) -> Pool:
        pool = open_pool(options, staging)
        try:
            # The pool's process takes longer than this to start, and keeps one core busy.
            load_writers()
        except BaseException:
            pool.close()
            raise
        return pool

    return open_and_load
