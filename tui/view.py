"""What the panes show, made from the state and the texts; no widget is touched here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from grader.model import CheckResult, Mistake, Status
from grader.progress import Standing
from grader.sanitise import plain, plain_line
from grader.signs import sign_of
from tui.desk import Filter, Outcome, Stage
from tui.prose import Section
from tui.rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.errors import GraderError
    from grader.model import Exercise, Report
    from grader.texts import Catalog
    from tui.desk import Desk
    from tui.painting import Piece

_LONGEST_LINE = 400
_LONGEST = 20_000
_CODE_INDENT = "    "


def explained(texts: Catalog, error: GraderError) -> str:
    """Return the message of `error`, safe to show."""
    try:
        return plain(texts.explain(error), _LONGEST)
    except (LookupError, ValueError):
        # A text is missing: the bare error still says something.
        return plain(str(error), _LONGEST)


def exercise_rows(desk: Desk, texts: Catalog) -> Iterator[Row]:
    """Yield the exercises that filter and search leave, under their chapters."""
    visible = desk.visible()
    words = {each: texts.say(f"standing.{each}") for each in Standing}
    for chapter in desk.course.chapters:
        inside = [each for each in visible if each.chapter == chapter.number]
        if not inside:
            continue
        title = f" {chapter.number}. {chapter.title.in_lang(texts.lang)}"
        yield Row(None, ((plain_line(title, _LONGEST_LINE), "title"),))
        for each in inside:
            standing = desk.standing(each)
            symbol, paint = sign_of(standing)
            name: Piece = (f"{each.id} {each.slug}", "plain")
            yield Row(each.id, ((f"{symbol} ", paint), name), ((f" {words[standing]} ", paint),))


def no_exercises(desk: Desk, texts: Catalog) -> str:
    """Say why the list is empty and which key fills it."""
    if desk.query:
        return texts.say("tui.empty.search", query=plain_line(desk.query, 60))
    return texts.say("tui.empty.done" if desk.filter is Filter.DONE else "tui.empty.pending")


def list_title(desk: Desk, texts: Catalog) -> str:
    """Return the title of the list, with what narrows it."""
    title = texts.say("tui.pane.list")
    if desk.filter is not Filter.ALL:
        title = f"{title} · {texts.say(f'tui.filter.{desk.filter}')}"
    return f"{title} · /{plain_line(desk.query, 20)}" if desk.query else title


def check_rows(outcome: Outcome, texts: Catalog) -> Iterator[Row]:
    """Yield a row for each check that has ended."""
    words = {each: texts.say(f"status.{each}") for each in Status}
    width = max((cell_len(words[check.status]) for check in outcome.checks), default=0)
    for check in outcome.checks:
        symbol, paint = sign_of(check.status)
        word = words[check.status]
        filled = word + " " * (width - cell_len(word))
        yield Row(check.name, ((f"{symbol} {filled}  ", paint), (plain_line(check.title, _LONGEST_LINE), "plain")))
    if outcome.stage is Stage.RUNNING:
        yield Row(None, ((f"  … {texts.say('tui.checks.running')}", "faint"),))


def checks_title(outcome: Outcome, texts: Catalog) -> str:
    """Return the title of the checks with how many passed, and how long it took."""
    title = texts.say("tui.pane.checks")
    if outcome.stage is Stage.RUNNING:
        return f"{title} {len(outcome.checks)}…"
    report = outcome.report
    if report is None:
        return title
    passed = sum(check.status is Status.PASSED for check in report.checks)
    seconds = texts.say("tui.checks.seconds", seconds=f"{report.seconds:.1f}")
    return f"{title} {passed}/{len(report.checks)} · {seconds}"


def message_sections(
    outcome: Outcome, check: CheckResult | None, texts: Catalog, *, file: str, after: str = ""
) -> Iterator[Section]:
    """Yield all that is known of `check`, the mistake first, and of the report as a whole.

    `after` is what the course says after a pass, as Markdown.
    """
    report = outcome.report
    if check is None:
        yield from _without_check(outcome, texts, file=file)
        return
    mistake = check.mistake or (report.mistake if report and check.status is not Status.PASSED else None)
    if mistake is not None and check.status is not Status.SKIPPED:
        yield from _mistake(mistake, texts)
    yield Section(check.title, style="title")
    if check.message:
        yield Section(check.message)
    elif check.status is Status.PASSED:
        yield Section(texts.say("tui.checks.passed"), style="good")
    if report is not None:
        yield from _of_report(report, check, texts)
        if report.passed and after:
            yield Section("")
            yield Section(after, kind="markdown")


def replay_command(report: Report) -> str:
    """Return the command that repeats a grading with the same numbers."""
    return f"grader check {report.exercise} --seed {report.seed}"


def _mistake(mistake: Mistake, texts: Catalog) -> Iterator[Section]:
    yield Section(texts.say("report.mistake", title=mistake.title), style="note")
    yield Section(mistake.advice)
    yield Section("")


def _of_report(report: Report, check: CheckResult, texts: Catalog) -> Iterator[Section]:
    if report.message and report.message != check.message:
        yield Section("")
        yield Section(report.message)
    if report.passed:
        return
    yield Section("")
    if report.sandbox != "full":
        yield Section(texts.say("report.sandbox", level=report.sandbox), style="note")
    yield Section(texts.say("report.replay", command=replay_command(report)), style="faint")


def _without_check(outcome: Outcome, texts: Catalog, *, file: str) -> Iterator[Section]:
    if outcome.stage is Stage.FAULT and outcome.error is not None:
        yield Section(explained(texts, outcome.error), style="bad")
        yield Section("")
        yield Section(texts.say("tui.checks.again"))
    elif outcome.stage is Stage.RUNNING:
        yield Section(texts.say("tui.checks.wait"), style="faint")
    elif outcome.stage is Stage.CANCELLED:
        yield Section(texts.say("tui.checks.cancelled"), style="note")
    elif outcome.report is not None:
        yield Section(outcome.report.message or texts.say("tui.checks.again"), style="bad")
    else:
        yield Section(texts.say("tui.checks.none", file=file))


def hint_sections(desk: Desk, exercise: Exercise, texts: Catalog) -> Iterator[Section]:
    """Yield the hints taken, each with its source, and how to take the next one.

    Raises:
        CourseError: they cannot be read.
    """
    hints = desk.hints(exercise)
    taken = min(desk.hints_taken(exercise), len(hints))
    for level, hint in enumerate(hints[:taken], start=1):
        yield Section(texts.say("hint.heading", level=level, total=len(hints)), style="title")
        yield from _reflowed(hint.text.in_lang(texts.lang))
        key = "hint.source" if hint.question is None else "hint.source_question"
        yield Section(texts.say(key, article=hint.article, question=hint.question), style="faint")
        yield Section("")
    if taken == 0:
        yield Section(texts.say("tui.hints.none", total=len(hints)))
    else:
        yield Section(texts.say("tui.hints.more" if taken < len(hints) else "tui.hints.last"), style="faint")


def output_sections(outcome: Outcome, texts: Catalog) -> Iterator[Section]:
    """Yield what the learner's code printed, each text once."""
    outputs = outcome.outputs
    if not outputs:
        key = "tui.output.none" if outcome.graded is not None else "tui.output.not_yet"
        yield Section(texts.say(key))
        return
    for text, check in outputs:
        yield Section(texts.say("tui.output.of", title=check.title), style="faint")
        yield Section(text.rstrip("\n"), style="code", kind="verbatim")
        yield Section("")


def _reflowed(text: str) -> Iterator[Section]:
    """Yield paragraphs that were broken for their file as one line each; indented lines are code."""
    paragraph = ""
    for line in [*text.splitlines(), ""]:
        code = line.startswith(_CODE_INDENT)
        if paragraph and (code or not line.strip()):
            # Code between backticks looks as it does in tasks; other paragraphs are no Markdown.
            yield Section(paragraph, kind="markdown" if "`" in paragraph else "prose")
            paragraph = ""
        if code:
            yield Section(line.removeprefix(_CODE_INDENT), style="code", indent=2)
        elif line.strip():
            # Between two Chinese characters a line end stands for nothing.
            wide = paragraph and cell_len(paragraph[-1]) > 1 and cell_len(line.strip()[0]) > 1
            paragraph += line.strip() if wide or not paragraph else f" {line.strip()}"
