"""What the tests of the wall ask of a report."""

from __future__ import annotations

from typing import Protocol

from grader.model import Limits, Report, Status

# Long enough for an honest check on a busy machine, short enough for what never ends.
SHORT = Limits(wall_s=5.0, cpu_s=5.0)


class Verdict(Protocol):
    """Grades a source text as the exercise of the hostile course."""

    def __call__(self, source: str | bytes, *, limits: Limits = SHORT, name: str = "ex01_double.py") -> Report:
        """Return the report."""


def caught(report: Report, status: Status, *words: str) -> None:
    """Assert that a report is no pass, has `status`, and says `words`."""
    assert report.passed is False
    assert report.score < report.max_score
    assert report.status is status, (report.status, report.checks[0].message)
    message = "\n".join(check.message for check in report.checks)
    for word in words:
        assert word in message, message
    assert message.isprintable() or set(message) - set(filter(str.isprintable, message)) <= {"\n"}


def said(report: Report) -> str:
    """Return what the code under test printed in the first check."""
    return report.checks[0].output
