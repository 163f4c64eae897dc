"""What comes from a grading, made safe to show and bounded: the learner's code wrote some of it."""

from __future__ import annotations

import msgspec

from grader.model import CheckResult, Mistake, Report
from grader.sanitise import plain

LONGEST_TEXT = 20_000
_LONGEST_TITLE = 400


def cleaned(report: Report) -> Report:
    """Return `report` without control characters and with bounded texts."""
    return msgspec.structs.replace(
        report,
        message=plain(report.message, LONGEST_TEXT),
        mistake=_mistake(report.mistake),
        checks=tuple(cleaned_check(each) for each in report.checks),
    )


def cleaned_check(check: CheckResult) -> CheckResult:
    """Return `check` without control characters and with bounded texts."""
    return msgspec.structs.replace(
        check,
        title=plain(check.title, _LONGEST_TITLE),
        message=plain(check.message, LONGEST_TEXT),
        output=plain(check.output, LONGEST_TEXT),
        mistake=_mistake(check.mistake),
    )


def _mistake(mistake: Mistake | None) -> Mistake | None:
    if mistake is None:
        return None
    return Mistake(mistake.id, plain(mistake.title, _LONGEST_TITLE), plain(mistake.advice, LONGEST_TEXT))
