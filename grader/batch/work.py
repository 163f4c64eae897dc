"""What a pool is given and gives back: a file to grade, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

from grader.batch.records import SourceFile
from grader.model import Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One file to grade, by itself: it may travel to another machine."""

    student: str
    exercise: str
    source: bytes
    beside: tuple[SourceFile, ...] = ()


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a job: a report, or the grader's own fault, which is nobody's zero."""

    student: str
    exercise: str
    report: Report | None
    fault: str = ""


class Pool(Protocol):
    """Something that grades many jobs; `LocalPool` on this machine, `ClusterPool` on many."""

    def grade(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Yield what comes of each job, in the order in which they end.

        Jobs are taken from the iterable as there is room for them.
        """
        ...

    def close(self) -> None:
        """End whatever is under way; returns once nothing is left of it."""
        ...
