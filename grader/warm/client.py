"""The owner's side of the warm process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.model import CheckResult, Graded, Plot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.model import Course, GradeOptions, GradeRequest

Event = CheckResult | Graded | Plot


class Cancelled(Exception):  # noqa: N818 - reads as what it is
    """The grading was cancelled by whoever asked for it."""


class Grading:
    """One request under way: iterate it in one thread, cancel it from any."""

    def __iter__(self) -> Iterator[Event]:
        """Yield each check as it ends, then the verdict, then the plot if there is one."""
        raise NotImplementedError

    def cancel(self) -> None:
        """End the judge and its workers; returns at once."""
        raise NotImplementedError


class WarmProcess:
    """A preloaded process of one owner, gone when its owner closes it, exits or is killed."""

    def __init__(self, course: Course) -> None:
        raise NotImplementedError

    @property
    def ready(self) -> bool:
        """Say whether torch is there."""
        raise NotImplementedError

    def grade(self, request: GradeRequest, *, options: GradeOptions, plot: bool = False) -> Grading:
        """Start a grading; returns at once."""
        raise NotImplementedError

    def close(self) -> None:
        """End the process and all that it started."""
        raise NotImplementedError
