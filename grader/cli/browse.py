"""The commands that show the course and how far the learner is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from grader.cli.localised import LocalCommand, shared_options
from grader.cli.screen import Style, columns_of, padded
from grader.course import find_exercise
from grader.durable import doing
from grader.progress import MistakeCount
from grader.texts import Phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.cli.app import App
    from grader.model import Exercise
    from grader.progress import ExerciseSummary

STANDINGS = ("never", "attempted", "passed")


class ExerciseLine(msgspec.Struct, frozen=True, kw_only=True):
    """One exercise in `grader progress --json`."""

    exercise: str
    name: str
    status: str
    attempts: int
    score: float
    max_score: float
    hints: int


class ProgressReport(msgspec.Struct, frozen=True, kw_only=True):
    """What `grader progress --json` prints."""

    passed: int
    total: int
    score: float
    max_score: float
    exercises: tuple[ExerciseLine, ...]
    mistakes: tuple[MistakeCount, ...]


@click.command("list", cls=LocalCommand)
@shared_options
@click.pass_obj
def list_exercises(app: App) -> int:
    """Show all exercises and which are passed."""
    _print_list(app)
    return 0


@click.command("next", cls=LocalCommand)
@shared_options
@click.pass_obj
def next_step(app: App) -> int:
    """Show the next unfinished exercise and what to do."""
    _print_next(app)
    return 0


@click.command("show", cls=LocalCommand)
@click.argument("exercise", metavar="[EX]", required=False)
@shared_options
@click.pass_obj
def show(app: App, exercise: str | None) -> int:
    """Print the task of an exercise."""
    found = find_exercise(app.course, exercise) if exercise else app.next_exercise()
    if found is None:
        app.say("next.all_passed")
        return 0
    path = found.task(app.texts.lang)
    with doing(Phrase("action.read"), path):
        task = path.read_text(encoding="utf-8-sig")
    heading = app.text("show.heading", exercise=found.id, name=found.slug, points=f"{found.points:g}")
    click.echo(app.screen.paint(heading, Style.PLACE, bold=True))
    click.echo()
    click.echo(app.screen.paint(task.strip()))
    click.echo()
    _print_way(app, found)
    return 0


@click.command("progress", cls=LocalCommand)
@click.option("--json", "as_json", is_flag=True)
@shared_options
@click.pass_obj
def progress(app: App, *, as_json: bool) -> int:
    """Show passes, attempts, hints and mistakes."""
    report = _progress_report(app)
    if as_json:
        click.echo(msgspec.json.encode(report))
        return 0
    score = f"{report.score:g}"
    app.say(
        "progress.total",
        passed=report.passed,
        total=report.total,
        score=score,
        max_score=f"{report.max_score:g}",
    )
    for line in report.exercises:
        if line.attempts or line.hints:
            click.echo(_progress_line(app, line))
    if report.mistakes:
        click.echo()
        app.say("progress.mistakes")
    for made in report.mistakes:
        app.say("progress.mistake", count=made.count, exercise=made.exercise, mistake=made.mistake)
    return 0


def overview(app: App) -> int:
    """Show the list and the next step."""
    _print_list(app)
    click.echo()
    _print_next(app)
    return 0


def _print_list(app: App) -> None:
    course, screen = app.course, app.screen
    summary = app.summary()
    lang = app.texts.lang
    words = {each: app.text(f"standing.{each}") for each in STANDINGS}
    word_columns = max(map(columns_of, words.values()))
    slug_columns = max(len(each.slug) for each in course.exercises)
    passed = sum(_standing(summary, each) == "passed" for each in course.exercises)
    click.echo(screen.paint(course.title.in_lang(lang), bold=True))
    app.say("list.passed", passed=passed, total=len(course.exercises))
    for chapter in course.chapters:
        click.echo()
        title = app.text("list.chapter", number=chapter.number, title=chapter.title.in_lang(lang))
        click.echo(screen.paint(title, Style.PLACE))
        for each in course.exercises:
            if each.chapter != chapter.number:
                continue
            standing = _standing(summary, each)
            status = screen.status(standing, words[standing], columns=word_columns)
            names = f"{each.id:<5} {padded(each.slug, slug_columns)}"
            click.echo(f"  {status}  {names}  {screen.paint(each.title.in_lang(lang))}")


def _print_next(app: App) -> None:
    found = app.next_exercise()
    if found is None:
        app.say("next.all_passed")
        return
    title = found.title.in_lang(app.texts.lang)
    app.say("next.exercise", exercise=found.id, name=found.slug, title=title)
    _print_way(app, found)


def _print_way(app: App, exercise: Exercise) -> None:
    workspace = app.find_workspace()
    if workspace is None:
        app.say("next.init", exercise=exercise.id)
    else:
        path = workspace.submission_path(exercise)
        app.say("next.edit", exercise=exercise.id, path=path)


def _standing(summary: Mapping[str, ExerciseSummary], exercise: Exercise) -> str:
    found = summary.get(exercise.id)
    return "never" if found is None else str(found.standing)


def _progress_report(app: App) -> ProgressReport:
    exercises = app.course.exercises
    summary = app.summary()
    lines = tuple(_line(each, summary.get(each.id)) for each in exercises)
    workspace = app.find_workspace()
    mistakes: tuple[MistakeCount, ...] = ()
    if summary and workspace is not None:
        mistakes = app.practice(workspace).mistakes()
    return ProgressReport(
        passed=sum(line.status == "passed" for line in lines),
        total=len(lines),
        score=round(sum(line.score for line in lines), 2),
        max_score=sum(line.max_score for line in lines),
        exercises=lines,
        mistakes=mistakes,
    )


def _line(exercise: Exercise, done: ExerciseSummary | None) -> ExerciseLine:
    return ExerciseLine(
        exercise=exercise.id,
        name=exercise.slug,
        status="never" if done is None else str(done.standing),
        attempts=0 if done is None else done.attempts,
        score=0.0 if done is None else round(done.best * exercise.points, 2),
        max_score=exercise.points,
        hints=0 if done is None else done.hints,
    )


def _progress_line(app: App, line: ExerciseLine) -> str:
    columns = max(columns_of(app.text(f"standing.{each}")) for each in STANDINGS)
    status = app.screen.status(line.status, app.text(f"standing.{line.status}"), columns=columns)
    details = app.text(
        "progress.line",
        score=f"{line.score:g}",
        max_score=f"{line.max_score:g}",
        attempts=line.attempts,
        hints=line.hints,
    )
    return f"  {status}  {line.exercise:<5} {line.name:<24} {details}"
