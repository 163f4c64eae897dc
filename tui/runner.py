"""The thread that grades: one request after the other, each cancelled by the next."""

from __future__ import annotations

import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING

import msgspec

from grader.model import GradeOptions, GradeRequest
from tui.faults import as_grader_error
from tui.messages import EngineStarted, GradingEnded, GradingEvent
from tui.shown import safe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.message import Message

    from grader.engine import Engine, Grading
    from grader.errors import GraderError

_PATIENCE_S = 2.0


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One file to grade; a `quiet` one only says an earlier verdict in another language."""

    request: GradeRequest
    options: GradeOptions
    plot: bool = False
    quiet: bool = False


class Runner:
    """Grades in a thread of its own and posts what comes of it.

    Every call of `grade` is a run with a number. Whoever receives a message drops it
    unless its number is `run`: what an older grading still sends is of no interest.
    """

    def __init__(self, make_engine: Callable[[], Engine], post: Callable[[Message], object]) -> None:
        self._make_engine = make_engine
        self._post = post
        self._queue: SimpleQueue[tuple[int, tuple[Job, ...]] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._run = 0
        self._grading: Grading | None = None
        self._engine: Engine | None = None
        self._thread = threading.Thread(target=self._work, name="grading", daemon=True)

    @property
    def run(self) -> int:
        """The number of the latest run."""
        return self._run

    @property
    def ready(self) -> bool:
        """Say whether a grading could begin at once."""
        return self._engine is not None and self._engine.ready

    def start(self) -> None:
        """Start the thread, which makes the engine."""
        self._thread.start()

    def grade(self, jobs: Sequence[Job]) -> None:
        """Cancel what is under way and grade `jobs`, one after the other."""
        self.cancel()
        self._queue.put((self._run, tuple(jobs)))

    def cancel(self) -> None:
        """End the run under way; nothing of it counts from now on."""
        with self._lock:
            self._run += 1
            grading, self._grading = self._grading, None
        if grading is not None:
            grading.cancel()

    def close(self) -> None:
        """End everything; waits a little for the thread, which closes its engine."""
        self.cancel()
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join(_PATIENCE_S)

    def _work(self) -> None:
        try:
            self._grade_all()
        finally:
            if self._engine is not None:
                self._engine.close()

    def _grade_all(self) -> None:
        # A first engine is made ahead; where that fails, the first grading says so.
        with suppress(Exception):
            self._ready_engine()
            self._post(EngineStarted())
        while (item := self._queue.get()) is not None:
            run, jobs = item
            for nth, job in enumerate(jobs, start=1):
                if run != self._run:
                    break
                self._tell(GradingEnded(run, job, self._graded(run, job), len(jobs) - nth))

    def _graded(self, run: int, job: Job) -> GraderError | None:
        from grader.warm import Cancelled  # noqa: PLC0415 - after the first paint

        try:
            grading = self._ready_engine().grade(job.request, options=job.options, plot=job.plot)
            if not self._take(run, grading):
                grading.cancel()
                return None
            for event in grading:
                if run == self._run:
                    self._tell(GradingEvent(run, job, safe(event)))
        except Cancelled:
            return None
        except Exception as fault:  # noqa: BLE001 - a fault of the engine is shown, and the next grading may do
            return as_grader_error(fault)
        return None

    def _take(self, run: int, grading: Grading) -> bool:
        with self._lock:
            if run != self._run:
                return False
            self._grading = grading
            return True

    def _ready_engine(self) -> Engine:
        if self._engine is None:
            self._engine = self._make_engine()
        return self._engine

    def _tell(self, message: Message) -> None:
        # The app may have ended meanwhile, its loop with it.
        with suppress(RuntimeError):
            self._post(message)
