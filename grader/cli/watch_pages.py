"""The texts of `grader watch`: reports, tasks, hints, the list, the difference and the keys, as painted lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from grader.cli.difference import difference_lines
from grader.cli.report import rendered
from grader.cli.screen import Screen, Style, columns_of, padded
from grader.course import read_after
from grader.durable import doing
from grader.model import Status
from grader.sanitise import plain
from grader.texts import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from grader.cli.watch_view import Hotkey
    from grader.model import CheckResult, Course, Exercise, Hint, Report
    from grader.texts import Catalog

_LONGEST_MESSAGE = 20_000
_STANDINGS = ("never", "attempted", "passed")
# A paragraph goes on unless a line is empty, indented as code, or begins an item, a heading or a table.
_OWN_LINE = re.compile(r"\s*$| {4}|\t|\s*(?:[-*•] |\d+\. |#|\||```)")
_HEADING = re.compile(r"#+ ")
_WIDE_LETTER = re.compile("[\u3400-\u9fff]")
_NARROW_LETTER = re.compile(r"[\w`$(\[]", re.ASCII)


def report_lines(report: Report, *, texts: Catalog, screen: Screen, replay: str) -> list[str]:
    """Return a report without its heading, which stands above all pages."""
    _, _, rest = rendered(report, texts=texts, screen=screen, replay=replay).partition("\n")
    return rest.strip("\n").split("\n")


def live_lines(checks: Sequence[CheckResult], *, texts: Catalog, screen: Screen) -> Iterator[str]:
    """Yield the checks that have ended, as the report will show them."""
    words = max((columns_of(texts.say(f"status.{each}")) for each in Status), default=0)
    for check in checks:
        status = screen.status(check.status, texts.say(f"status.{check.status}"), columns=words)
        yield f"  {status}  {screen.paint(check.title)}"
        if check.status is not Status.PASSED and check.message:
            for line in plain(check.message, _LONGEST_MESSAGE).rstrip("\n").split("\n"):
                yield f"      {screen.paint(line)}"


def prose_lines(text: str, screen: Screen) -> Iterator[str]:
    """Yield a text in Markdown with each paragraph on a line of its own, to be broken at any width."""
    paragraph = ""
    for line in text.strip().expandtabs(4).split("\n"):
        if _OWN_LINE.match(line) or not paragraph or paragraph.startswith("    ") or _HEADING.match(paragraph):
            if paragraph:
                yield _painted(paragraph, screen)
            paragraph = line.rstrip()
            if not paragraph:
                yield ""
        else:
            paragraph = _joined(paragraph, line.strip())
    if paragraph:
        yield _painted(paragraph, screen)


def task_lines(exercise: Exercise, *, texts: Catalog, screen: Screen) -> Iterator[str]:
    """Yield the task of `exercise`.

    Raises:
        WorkspaceError: it cannot be read.
    """
    path = exercise.task(texts.lang)
    with doing(Phrase("action.read"), path):
        text = path.read_text(encoding="utf-8-sig")
    yield from prose_lines(text, screen)


def after_lines(exercise: Exercise, *, texts: Catalog, screen: Screen) -> Iterator[str]:
    """Yield what the course says after a pass.

    Raises:
        CourseError: it cannot be read.
    """
    text = read_after(exercise, texts.lang)
    if text:
        yield ""
        yield from prose_lines(text, screen)


def hint_lines(hints: Sequence[Hint], level: int, *, texts: Catalog, screen: Screen) -> Iterator[str]:
    """Yield the hint number `level`, counted from 1."""
    hint = hints[level - 1]
    yield screen.paint(texts.say("hint.heading", level=level, total=len(hints)), Style.PLACE, bold=True)
    yield from prose_lines(hint.text.in_lang(texts.lang), screen)
    key = "hint.source" if hint.question is None else "hint.source_question"
    yield screen.paint(texts.say(key, article=hint.article, question=hint.question), Style.FAINT)


def list_lines(
    course: Course, standings: Sequence[str], chosen: int, *, texts: Catalog, screen: Screen
) -> tuple[list[str], int]:
    """Return the exercises by chapter, and in which line the chosen one stands."""
    words = {each: texts.say(f"standing.{each}") for each in _STANDINGS}
    word_columns = max(map(columns_of, words.values()))
    slug_columns = max(len(each.slug) for each in course.exercises)
    lines = [screen.paint(course.title.in_lang(texts.lang), bold=True)]
    focus = 0
    for chapter in course.chapters:
        title = texts.say("list.chapter", number=chapter.number, title=chapter.title.in_lang(texts.lang))
        lines += ["", screen.paint(title, Style.PLACE)]
        for number, each in enumerate(course.exercises):
            if each.chapter != chapter.number:
                continue
            if number == chosen:
                focus = len(lines)
            status = screen.status(standings[number], words[standings[number]], columns=word_columns)
            name = screen.paint(f"{each.id:<5} {padded(each.slug, slug_columns)}", bold=number == chosen)
            cursor = screen.paint(">" if number == chosen else " ", Style.PLACE, bold=True)
            lines.append(f"{cursor} {status}  {name}  {screen.paint(each.title.in_lang(texts.lang))}")
    return lines, focus


def diff_lines(mine: Path, shown: str, reference: Path, *, texts: Catalog, screen: Screen) -> Iterator[str]:
    """Yield what the reference does differently from the file of the learner.

    Raises:
        WorkspaceError: one of them cannot be read.
    """
    lines = list(difference_lines(mine, shown, reference, texts=texts, screen=screen))
    yield from lines or [screen.paint(texts.say("diff.same"))]


def key_lines(keys: Sequence[Hotkey], screen: Screen) -> Iterator[str]:
    """Yield all keys, one a line."""
    columns = max(columns_of(each.key) for each in keys)
    for each in keys:
        yield f"  {screen.paint(padded(each.key, columns), Style.PLACE, bold=True)}  {screen.paint(each.label)}"


def _painted(paragraph: str, screen: Screen) -> str:
    return screen.paint(paragraph, bold=_HEADING.match(paragraph) is not None)


def _joined(before: str, after: str) -> str:
    # Chinese goes on without a space, but for one between it and Latin letters.
    ends = [bool(_WIDE_LETTER.match(each)) for each in (before[-1], after[:1])]
    letters = [
        wide or bool(_NARROW_LETTER.match(each)) for wide, each in zip(ends, (before[-1], after[:1]), strict=True)
    ]
    if all(ends):
        return before + after
    if any(ends):
        return f"{before} {after}" if all(letters) else before + after
    wide_mark = any(columns_of(each) > 1 for each in (before[-1], after[:1]))
    return before + after if wide_mark else f"{before} {after}"
