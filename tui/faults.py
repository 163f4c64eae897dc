"""Turn whatever a thread ran into, ours or not, into an error that the screen can show."""

from __future__ import annotations

from grader.errors import GraderError
from grader.sanitise import plain_line

_LONGEST = 500


def as_grader_error(fault: Exception) -> GraderError:
    """Return `fault` if it has words of its own, and an internal error that quotes it otherwise."""
    if isinstance(fault, GraderError):
        return fault
    return GraderError("error.internal", kind=type(fault).__name__, detail=plain_line(str(fault), _LONGEST))
