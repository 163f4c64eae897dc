"""What watch mode and the terminal program need: something that grades, and something that tells of saves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from grader.model import CheckResult, Graded, Plot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from grader.model import GradeOptions, GradeRequest

Event = CheckResult | Graded | Plot


class Grading(Protocol):
    """One request under way: iterated in one thread, cancelled from any."""

    def __iter__(self) -> Iterator[Event]:
        """Yield each check as it ends, then the verdict, then the plot if there is one."""
        ...

    def cancel(self) -> None:
        """End the grading; returns at once."""
        ...


class Engine(Protocol):
    """Grades files; `grader.warm.WarmProcess` is the real one."""

    @property
    def ready(self) -> bool:
        """Say whether a grading could begin at once."""
        ...

    def grade(self, request: GradeRequest, *, options: GradeOptions, plot: bool = False) -> Grading:
        """Start a grading; returns at once."""
        ...

    def close(self) -> None:
        """End all that it started."""
        ...


class SaveWatch(Protocol):
    """Tells of saved files; `grader.saves.Saves` is the real one."""

    @property
    def method(self) -> str:
        """Say how it watches: "events" or "polling"."""
        ...

    def __iter__(self) -> Iterator[frozenset[Path]]:
        """Yield the files whose content changed, until `stop` is called."""
        ...

    def stop(self) -> None:
        """End the iteration, from any thread."""
        ...
