"""What happens beside the screen of `grader watch`: gradings, saves and records, each in a thread of its own."""

from __future__ import annotations

import threading
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import msgspec

from grader.errors import GraderError
from grader.model import CheckResult, Graded
from grader.practice import digest_of
from grader.warm import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.engine import Engine, Grading, SaveWatch
    from grader.model import GradeOptions, GradeRequest
    from grader.practice import Practice

_PATIENCE_S = 2.0


class Saved(msgspec.Struct, frozen=True):
    """Files have new content."""

    files: frozenset[Path]


class Checked(msgspec.Struct, frozen=True):
    """A check of the run has ended."""

    run: int
    check: CheckResult


class Finished(msgspec.Struct, frozen=True):
    """The run has its verdict."""

    run: int
    graded: Graded


class Stopped(msgspec.Struct, frozen=True):
    """The run ended without a verdict."""

    run: int
    error: Exception


class Recorded(msgspec.Struct, frozen=True):
    """A verdict was written down."""

    exercise: str
    passed: bool


class Trouble(msgspec.Struct, frozen=True):
    """Something failed that takes nothing from the verdict; `key` is a text that gives it as a `reason`."""

    error: Exception
    key: str | None = None


class Edited(msgspec.Struct, frozen=True):
    """The editor was left."""

    status: int


Message = Saved | Checked | Finished | Stopped | Recorded | Trouble | Edited


class Inbox:
    """What threads have to tell the one that draws; `wake` ends its waiting."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._queue: SimpleQueue[Message] = SimpleQueue()

    def post(self, message: Message) -> None:
        """Hand `message` over, from any thread."""
        self._queue.put(message)
        self._wake()

    def messages(self) -> Iterator[Message]:
        """Yield what has come so far."""
        while True:
            try:
                yield self._queue.get_nowait()
            except Empty:
                return


class Runs:
    """Grades one file after another; a new run cancels the one before."""

    def __init__(self, engine: Engine, practice: Practice, inbox: Inbox) -> None:
        self.number = 0
        self._engine = engine
        self._practice = practice
        self._inbox = inbox
        self._grading: Grading | None = None
        self._threads: list[threading.Thread] = []

    def start(self, request: GradeRequest, options: GradeOptions, *, record: bool) -> None:
        """Grade `request`; what comes of it is posted with the `number` that it gets.

        Raises:
            GraderError: it cannot be started.
        """
        self.cancel()
        self._grading = grading = self._engine.grade(request, options=options)
        work = (self.number, request, grading, record)
        self._threads = [each for each in self._threads if each.is_alive()]
        self._threads.append(threading.Thread(target=self._follow, args=work, name="grading", daemon=True))
        self._threads[-1].start()

    def cancel(self) -> None:
        """End the run under way; what it still posts has an older number."""
        self.number += 1
        if self._grading is not None:
            self._grading.cancel()
            self._grading = None

    def close(self) -> None:
        """End the run and wait until what is being recorded is safe."""
        self.cancel()
        for each in self._threads:
            each.join(_PATIENCE_S)

    def _follow(self, run: int, request: GradeRequest, grading: Grading, record: bool) -> None:  # noqa: FBT001
        try:
            for event in grading:
                if isinstance(event, CheckResult):
                    self._inbox.post(Checked(run, event))
                elif isinstance(event, Graded):
                    self._inbox.post(Finished(run, event))
                    if record:
                        self._record(request, event)
        except Cancelled:
            pass
        except Exception as fault:  # noqa: BLE001 - it is shown, and the next save may fare better
            self._inbox.post(Stopped(run, fault))

    def _record(self, request: GradeRequest, graded: Graded) -> None:
        try:
            # Whoever only looks at an exercise has not tried it.
            if graded.sha256 == digest_of(request.exercise.stub):
                return
            self._practice.record(graded)
        except GraderError as error:
            self._inbox.post(Trouble(error, "progress.not_saved"))
        self._inbox.post(Recorded(graded.report.exercise, graded.report.passed))


class SavesThread:
    """Posts each save."""

    def __init__(self, saves: SaveWatch, inbox: Inbox) -> None:
        self._saves = saves
        self._inbox = inbox
        self._thread = threading.Thread(target=self._work, name="saves", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it."""
        self._saves.stop()
        self._thread.join(_PATIENCE_S)

    def _work(self) -> None:
        try:
            for files in self._saves:
                self._inbox.post(Saved(files))
        except Exception as fault:  # noqa: BLE001 - a key still grades, and the screen says so
            self._inbox.post(Trouble(fault, "watch.blind"))
