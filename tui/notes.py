"""Something to tell the learner, kept as a key and its parameters so that it can be said again in another language."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from grader.errors import GraderError
from grader.model import Status, Text
from grader.progress import Standing
from grader.sanitise import plain_line
from grader.signs import BAD, GOOD, sign_of
from tui.painting import Paint
from tui.view import explained

if TYPE_CHECKING:
    from grader.texts import Catalog
    from tui.desk import Desk

_LONGEST = 2_000


class Note(msgspec.Struct, frozen=True):
    """A text of the catalog with a mark before it; `mark` and `paint` say whether it is good news."""

    key: str
    params: dict[str, object] = msgspec.field(default_factory=dict)
    mark: str = ""
    paint: Paint = "plain"

    def said(self, texts: Catalog) -> str:
        """Return the text in the language of `texts`, on one line."""
        params = {name: _shown(value, texts) for name, value in self.params.items()}
        return plain_line(texts.say(self.key, **params), _LONGEST)


def good(key: str, **params: object) -> Note:
    """Return good news."""
    return Note(key, params, *GOOD)


def bad(key: str, **params: object) -> Note:
    """Return bad news."""
    return Note(key, params, *BAD)


def neutral(key: str, **params: object) -> Note:
    """Return what is neither."""
    return Note(key, params)


def warning(key: str, **params: object) -> Note:
    """Return what deserves a second look."""
    return Note(key, params, "!", "note")


def shown_path(path: Path) -> str:
    """Return `path` as it is typed from the current folder, if that is shorter."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return os.fspath(path)


def all_passed(desk: Desk) -> Note:
    """Return that nothing of the course is left."""
    return good("tui.step.all_passed", total=len(desk.course.exercises))


def after_grading(desk: Desk) -> Note:
    """Return what the verdict on the open exercise was and which key leads on."""
    report = desk.outcome.report
    if report is None:
        return bad("tui.step.fault")
    if report.passed:
        if desk.next_unfinished() is None:
            return all_passed(desk)
        return good("tui.step.passed", exercise=desk.current.id)
    mark, paint = sign_of(report.status)
    what = _reason(desk)
    if report.status is Status.NOT_STARTED:
        return Note("tui.step.not_started", {}, mark, paint)
    return Note("tui.step.failed", {"status": report.status, "what": what}, mark, paint)


def before_grading(desk: Desk) -> Note:
    """Return what to do with an exercise that was not graded in this run."""
    params: dict[str, object] = {"file": desk.file.name}
    if not desk.file.exists():
        return warning("tui.step.missing", **params)
    if desk.standing(desk.current) is Standing.PASSED:
        return good("tui.step.passed_before", **params)
    return neutral("tui.step.edit", **params)


def _reason(desk: Desk) -> str:
    report = desk.outcome.report
    if report is None:
        return ""
    if report.mistake is not None:
        return report.mistake.title
    failed = desk.outcome.checks[desk.outcome.first_failed] if desk.outcome.checks else None
    if failed is not None and failed.mistake is not None:
        return failed.mistake.title
    message = report.message or (failed.message if failed is not None else "")
    return _unended(message.strip().split("\n", 1)[0] or (failed.title if failed is not None else ""))


def _unended(sentence: str) -> str:
    """Return `sentence` without its full stop: the note goes on after it."""
    if sentence.endswith("。") or (sentence.endswith(".") and not sentence.endswith("..")):
        return sentence[:-1]
    return sentence


def _shown(value: object, texts: Catalog) -> object:
    if isinstance(value, GraderError):
        return explained(texts, value)
    if isinstance(value, Path):
        return shown_path(value)
    if isinstance(value, Status):
        return texts.say(f"status.{value}")
    return value.in_lang(texts.lang) if isinstance(value, Text) else value
