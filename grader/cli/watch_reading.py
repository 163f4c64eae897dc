"""What `grader watch` shows of what it knows: the text to read, and what stands around it."""

from __future__ import annotations

import time
from types import MappingProxyType
from typing import TYPE_CHECKING

from grader.cli.keys import Key
from grader.cli.screen import Style
from grader.cli.watch_pages import (
    after_lines,
    diff_lines,
    hint_lines,
    key_lines,
    list_lines,
    live_lines,
    report_lines,
    task_lines,
)
from grader.cli.watch_state import Mode
from grader.cli.watch_view import Body, Hotkey, Page
from grader.errors import WorkspaceError
from grader.sanitise import plain_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from grader.cli.watch_state import State

_LONGEST_NAME = 200
# The keys in the order of the page that explains them, each with the name under which the catalog has its texts.
_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "n": "next",
        "N": "skip",
        "p": "previous",
        "h": "hint",
        "t": "task",
        "e": "edit",
        "g": "grade",
        "d": "diff",
        "l": "list",
        "L": "lang",
        "j": "down",
        "k": "up",
        " ": "page_down",
        "b": "page_up",
        Key.ENTER: "enter",
        Key.ESCAPE: "escape",
        "?": "keys",
        "q": "quit",
    }
)
# The most useful ones first, as there may be room for few.
_STUCK = ("h", "e", "t", "g", "l", "N", "p", "L")
_AGAIN = ("h", "e", "n", "t", "d", "g", "l", "p", "L")
_DONE = ("n", "d", "l", "t", "p", "e", "g", "L")
_CHOOSING = (Key.ENTER, "j", "k", Key.ESCAPE)
_READING = (Key.ESCAPE, "j", "k", "e", "n")
_ALWAYS = ("?", "q")


def body_of(state: State) -> Body:
    """Return what is read."""
    work = state.work
    try:
        if state.mode is Mode.TASK:
            return Body([*task_lines(work.exercise, texts=state.texts, screen=state.screen)])
        if state.mode is Mode.DIFF:
            shown = state.shown(work.file)
            solution = work.exercise.solution
            return Body([*diff_lines(work.file, shown, solution, texts=state.texts, screen=state.screen)])
    except WorkspaceError as error:
        return Body(_painted(state, state.explain(error)))
    if state.mode is Mode.KEYS:
        about = [Hotkey(_shown(state, key), state.say(f"watch.about_{name}")) for key, name in _NAMES.items()]
        return Body([*key_lines(about, state.screen)])
    if state.mode is Mode.LIST:
        standings = [state.standing(each) for each in state.course.exercises]
        lines, focus = list_lines(state.course, standings, state.chosen, texts=state.texts, screen=state.screen)
        return Body(lines, focus=focus)
    lines = _verdict_lines(state)
    hint: int | None = None
    for level in range(1, work.hints_taken + 1):
        lines.append("")
        hint = len(lines)
        lines += hint_lines(work.hints, level, texts=state.texts, screen=state.screen)
    if work.report is not None and work.report.passed and not state.live:
        lines += after_lines(work.exercise, texts=state.texts, screen=state.screen)
    return Body(lines, focus=hint)


def page_of(state: State, body: Body, *, scroll: int, method: str, ready: bool) -> Page:
    """Return the page with `body`; `method` is how saves are seen, `ready` says whether torch is there."""
    work = state.work
    return Page(
        place=f"{work.exercise.id} {work.exercise.slug}",
        passed=state.passed,
        total=len(state.course.exercises),
        file=plain_line(state.shown(work.file), _LONGEST_NAME),
        file_name=work.exercise.file_name,
        method=state.say(f"watch.by_{method}"),
        body=body,
        scroll=scroll,
        message=_message(state, ready=ready),
        more=state.texts.say("watch.more", count="{count}"),
        keys=_hotkeys(state, _useful(state)),
        last_keys=_hotkeys(state, _ALWAYS),
    )


def _verdict_lines(state: State) -> list[str]:
    work = state.work
    if state.live and work.checks:
        lines = [*live_lines(work.checks, texts=state.texts, screen=state.screen)]
        return [*lines, "", *_painted(state, state.say("watch.under_way"))]
    if state.live and work.report is not None:
        return _painted(state, state.say("watch.under_way"))
    if work.error is not None and state.since is None:
        return _painted(state, state.explain(work.error))
    if work.report is None:
        return _painted(state, state.say("watch.no_verdict"))
    replay = state.replay(work.report)
    lines = report_lines(work.report, texts=state.texts, screen=state.screen, replay=replay)
    if work.report.passed:
        following = state.next_unfinished()
        said = (
            state.say("watch.all_passed")
            if following is None
            else state.say("watch.passed_on", exercise=following.id, name=following.slug)
        )
        lines += ["", state.screen.paint(said, Style.GOOD, bold=True)]
    return lines


def _message(state: State, *, ready: bool) -> str:
    work, paint = state.work, state.screen.paint
    if state.notice:
        return paint(state.notice, Style.NOTE)
    if state.since is not None and not state.quiet:
        if not ready:
            return paint(state.say("watch.loading"), Style.NOTE)
        seconds = f"{time.monotonic() - state.since:.0f}"
        return paint(state.say("watch.grading", count=len(work.checks), seconds=seconds), Style.NOTE)
    if work.error is not None:
        return state.screen.status("error", state.say("watch.not_graded"))
    if work.report is None:
        return paint(state.say("watch.cancelled"), Style.NOTE)
    report = work.report
    score, most = (f"{round(each, 2):g}" for each in (report.score, report.max_score))
    said = state.say("watch.verdict", score=score, max_score=most, time=work.graded_at)
    return f"{state.screen.status(report.status, state.say(f'status.{report.status}'))}  {paint(said)}"


def _useful(state: State) -> Sequence[str]:
    if state.mode is Mode.LIST:
        return _CHOOSING
    if state.mode in {Mode.DIFF, Mode.KEYS}:
        return _READING
    if not state.is_passed(state.work.exercise):
        return _STUCK
    report = state.work.report
    return _DONE if report is None or report.passed else _AGAIN


def _hotkeys(state: State, keys: Iterable[str]) -> tuple[Hotkey, ...]:
    return tuple(Hotkey(_shown(state, key), state.say(f"watch.does_{_NAMES[key]}")) for key in keys)


def _shown(state: State, key: str) -> str:
    # Keys without a character have a name in each language.
    return key if len(key) == 1 and key.strip() else state.say(f"watch.key_{_NAMES[key]}")


def _painted(state: State, text: str) -> list[str]:
    return [state.screen.paint(line) for line in text.split("\n")]
