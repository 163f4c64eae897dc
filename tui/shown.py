"""What a grading tells, made safe to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from grader.model import CheckResult, Graded
from grader.shown import cleaned, cleaned_check

if TYPE_CHECKING:
    from grader.engine import Event


def safe(event: Event) -> Event:
    """Return `event` without control characters and with bounded texts."""
    if isinstance(event, CheckResult):
        return cleaned_check(event)
    if isinstance(event, Graded):
        return msgspec.structs.replace(event, report=cleaned(event.report))
    return event
