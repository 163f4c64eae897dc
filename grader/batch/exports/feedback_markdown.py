"""A student's feedback as Markdown in which no text of the student's is markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.batch.exports.feedback import CheckView, ExerciseView, MistakeView, Page
    from grader.texts import Catalog

_BACKTICKS = re.compile("`+")
_MARKUP = re.compile(
    r"[\\`*_\[\]<>#|~&$@]|^[ \t]*[-+=:]|^[ \t]*\d+(?=[.)](?:\s|$))|(?<=\w)://|(?<=www)\.", re.MULTILINE | re.IGNORECASE
)
_SHORTEST_FENCE = 3


def markdown(page: Page, texts: Catalog) -> bytes:
    """Return the feedback as Markdown (CommonMark), in UTF-8."""
    return ("\n\n".join(_blocks(page, texts)) + "\n").encode()


def fenced(text: str) -> str:
    """Return `text` as a block of code whose fence no line of it can close."""
    longest = max(map(len, _BACKTICKS.findall(text)), default=0)
    fence = "`" * max(_SHORTEST_FENCE, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def span(text: str) -> str:
    """Return a line of `text` as code inside of a sentence."""
    longest = max(map(len, _BACKTICKS.findall(text)), default=0)
    fence = "`" * (longest + 1)
    if not text.strip():
        return ""
    # Markdown takes one space off each end, and a backtick there would belong to the fence.
    edge = " " if {text[0], text[-1]} & {"`", " "} else ""
    return f"{fence}{edge}{text}{edge}{fence}"


def escaped(text: str) -> str:
    """Return `text` with everything that Markdown would take for markup escaped."""
    return _MARKUP.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    found = match.group()
    # A number at the start of a line is a list only with the dot behind it.
    return f"{found}\\" if found.strip().isdigit() else f"{found[:-1]}\\{found[-1]}" if "/" not in found else r"\://"


def _blocks(page: Page, texts: Catalog) -> Iterator[str]:
    yield f"# {escaped(texts.say('feedback.title'))} {span(page.name)}"
    yield escaped(page.course)
    yield f"**{escaped(page.total)}**"
    yield "\n".join(
        f"- {each.sign.symbol} {escaped(each.id)} {escaped(each.title)}: {each.word}, {each.score}"
        for each in page.exercises
    )
    for each in page.exercises:
        yield from _exercise(each, texts)


def _exercise(exercise: ExerciseView, texts: Catalog) -> Iterator[str]:
    yield f"## {escaped(exercise.id)} {escaped(exercise.title)}"
    yield f"**{exercise.sign.symbol} {exercise.word}, {exercise.score}**"
    if exercise.mistake:
        yield from _mistake(exercise.mistake)
    yield from map(escaped, exercise.remarks)
    if exercise.message:
        yield fenced(exercise.message)
    for check in exercise.checks:
        yield from _check(check, texts)
    if exercise.notes:
        yield escaped(texts.say("feedback.notes"))
        yield fenced("\n".join(exercise.notes))
    if facts := [each for each in (span(exercise.file), escaped(exercise.facts)) if each]:
        yield " · ".join(facts)
    if exercise.replay:
        yield f"{escaped(texts.say('feedback.replay'))} {span(exercise.replay)}"


def _mistake(mistake: MistakeView) -> Iterator[str]:
    yield f"**{escaped(mistake.title)}**"
    if mistake.advice:
        yield escaped(mistake.advice)


def _check(check: CheckView, texts: Catalog) -> Iterator[str]:
    yield f"{check.sign.symbol} **{check.word}** {escaped(check.title)} ({check.score})"
    if check.mistake:
        yield from _mistake(check.mistake)
    if check.message:
        yield fenced(check.message)
    if check.output:
        yield escaped(texts.say("report.output"))
        yield fenced(check.output)
