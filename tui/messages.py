"""What threads tell the app: widgets are touched by the app alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from pathlib import Path

    from grader.engine import Event
    from grader.errors import GraderError
    from tui.runner import Job


class GradingEvent(Message):
    """A check ended, a verdict was given, or a plot was made, in the grading numbered `run`."""

    def __init__(self, run: int, job: Job, event: Event) -> None:
        super().__init__()
        self.run = run
        self.job = job
        self.event = event


class GradingEnded(Message):
    """No more comes of `job`; `error` says why it gave no verdict, and `left` how many jobs wait behind it."""

    def __init__(self, run: int, job: Job, error: GraderError | None, left: int) -> None:
        super().__init__()
        self.run = run
        self.job = job
        self.error = error
        self.left = left


class EngineStarted(Message):
    """The engine was made; it may still be importing torch."""


class WatchStarted(Message):
    """Saves are watched, in the way that `method` names."""

    def __init__(self, method: str) -> None:
        super().__init__()
        self.method = method


class WatchFailed(Message):
    """Saves are not watched any more."""

    def __init__(self, error: GraderError) -> None:
        super().__init__()
        self.error = error


class Saved(Message):
    """These files have new content."""

    def __init__(self, files: frozenset[Path]) -> None:
        super().__init__()
        self.files = files


class NotRecorded(Message):
    """Something could not be kept in the record of progress."""

    def __init__(self, error: GraderError) -> None:
        super().__init__()
        self.error = error


class PictureDone(Message):
    """A plot was saved as `path`, or could not be."""

    def __init__(self, path: Path | None, error: GraderError | None = None) -> None:
        super().__init__()
        self.path = path
        self.error = error
