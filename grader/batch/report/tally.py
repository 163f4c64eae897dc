"""Count one exercise of a class, a student at a time."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from grader.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.batch.records import Row, Student
    from grader.model import CheckResult, Mistake, Report

_NOT_TRIED = (Status.NOT_STARTED, Status.SKIPPED)
_WRONG = (Status.FAILED, Status.ERROR, Status.TIMEOUT, Status.CRASHED)
# How the judge calls what it found without a named mistake, such as a lost sign.
_GENERAL = "general."
# A shorter one is found in numbers and shapes too.
_SHORTEST_NAME = 3


@dataclass(kw_only=True)
class Seen:
    """A mistake as it was seen so far; the texts are those of the student with the smallest message."""

    title: str
    advice: str = ""
    students: int = 0
    message: str = ""


@dataclass(kw_only=True)
class Ran:
    """A check as it went so far."""

    title: str
    ran: int = 0
    failed: int = 0


@dataclass(kw_only=True)
class Tally:
    """One exercise as far as it is counted."""

    statuses: Counter[Status] = field(default_factory=Counter)
    faults: int = 0
    tried: int = 0
    passed: int = 0
    unnamed: int = 0
    seconds: list[float] = field(default_factory=list)
    mistakes: dict[str, Seen] = field(default_factory=dict)
    checks: dict[str, Ran] = field(default_factory=dict)

    def add(self, student: Student, row: Row, report: Report | None) -> None:
        """Count the row of one student, and the report behind it."""
        if row.is_fault:
            self.faults += 1
            return
        self.statuses[row.status] += 1
        if not row.file or row.status in _NOT_TRIED:
            return
        self.tried += 1
        self.seconds.append(row.seconds)
        if row.status is Status.PASSED:
            self.passed += 1
        if report is not None:
            self._add_checks(report)
        mistakes = _mistakes(row, report)
        for id_, mistake in mistakes.items():
            self._add_mistake(student, id_, mistake, row, report)
        if not mistakes and row.status is not Status.PASSED:
            self.unnamed += 1

    def _add_checks(self, report: Report) -> None:
        for check in report.checks:
            ran = self.checks.get(check.name)
            if ran is None:
                ran = self.checks[check.name] = Ran(title=check.title)
            if check.status is not Status.SKIPPED:
                ran.ran += 1
                ran.failed += check.status is not Status.PASSED

    def _add_mistake(
        self, student: Student, id_: str, mistake: Mistake | None, row: Row, report: Report | None
    ) -> None:
        seen = self.mistakes.get(id_)
        title = mistake.title if mistake is not None else row.mistake_title
        if seen is None:
            seen = self.mistakes[id_] = Seen(title=title)
        seen.students += 1
        if mistake is not None and not seen.advice:
            seen.title, seen.advice = title, mistake.advice
        message = _smallest(id_, report)
        if not message or (seen.message and _size(message) >= _size(seen.message)) or _names(student, message):
            return
        # A general mistake says other numbers for another student: its title belongs to this message.
        seen.title, seen.message = title, message
        if mistake is not None:
            seen.advice = mistake.advice


def _mistakes(row: Row, report: Report | None) -> dict[str, Mistake | None]:
    """Return the mistake that explains most, and the named ones that explain single checks."""
    found: dict[str, Mistake | None] = {}
    if report is not None:
        if report.mistake is not None:
            found[report.mistake.id] = report.mistake
        for check in report.checks:
            if check.mistake is not None and not check.mistake.id.startswith(_GENERAL):
                found.setdefault(check.mistake.id, check.mistake)
    if row.mistake:
        found.setdefault(row.mistake, None)
    return found


def _smallest(id_: str, report: Report | None) -> str:
    if report is None:
        return ""
    told = [check.message for check in _explained(id_, report)] or [check.message for check in _wrong(report)]
    return min(told, key=_size, default="")


def _explained(id_: str, report: Report) -> Iterator[CheckResult]:
    return (check for check in _wrong(report) if check.mistake is not None and check.mistake.id == id_)


def _wrong(report: Report) -> Iterator[CheckResult]:
    return (check for check in report.checks if check.message and check.status in _WRONG)


def _size(message: str) -> tuple[int, str]:
    return len(message), message


def _names(student: Student, message: str) -> bool:
    """Tell a message that gives its student away, as one does that quotes a path or a printed name."""
    return any(_occurs(name, message) for name in (student.id, student.name, student.email, *student.ids.values()))


def _occurs(name: str, message: str) -> bool:
    if not name.isascii():
        return name in message
    # Not within a longer word: "Al" is no part of "Also".
    return len(name) >= _SHORTEST_NAME and bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", message, re.IGNORECASE))
