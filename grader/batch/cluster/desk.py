"""What one worker process of a cluster grades with: a warm process of its own, a judge for each thread."""

from __future__ import annotations

import queue
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from grader.batch.assessor import Assessor
from grader.batch.cluster.admission import admitted
from grader.batch.cluster.wire import Graded, Refused, decode_jobs, encode
from grader.errors import GraderError
from grader.texts import Catalog
from grader.warm import WarmProcess
from grader.worker.scratch import remove_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.batch.cluster.wire import Setup
    from grader.batch.work import Job, Outcome
    from grader.model import GradeOptions

LOOK_S = 1.0
# After so long without work nobody may be left who would end it: torch's memory is given back.
IDLE_S = 600.0
# A worker that may not grade answers fastest of all, and would be given every chunk.
REFUSAL_S = 1.0
CLOSE_S = 5.0


class DeskClosedError(Exception):
    """The desk was closed while it graded: what it was given has to be graded elsewhere."""


class Bench:
    """A warm process and the judges that it is asked for; nothing of it is left once it is closed.

    Raises:
        WorkerFault: the warm process cannot be started.
        OSError: there is no room for files under way.
    """

    def __init__(self, options: GradeOptions, *, places: int, scratch: Path) -> None:
        self._staging = Path(tempfile.mkdtemp(prefix="grading-", dir=scratch))
        self._warm = WarmProcess(options.course)
        self._assessors = [Assessor(self._warm.hire, self._staging, options) for _ in range(places)]
        self._free: queue.SimpleQueue[Assessor] = queue.SimpleQueue()
        for each in self._assessors:
            self._free.put(each)

    def assess(self, jobs: tuple[Job, ...]) -> tuple[Outcome, ...]:
        """Return what comes of each job, one after the other in one place."""
        assessor = self._free.get()
        try:
            return tuple(assessor.assess(job) for job in jobs)
        finally:
            self._free.put(assessor)

    def dismiss_hung(self) -> None:
        """End the judges that take longer than they may."""
        for each in self._assessors:
            each.dismiss_if_hung()

    def close(self) -> None:
        """End whatever is under way."""
        for each in self._assessors:
            each.close()
        for _ in self._assessors:
            # Only who has come back is used by no thread any more.
            with suppress(queue.Empty):
                self._free.get(timeout=CLOSE_S).release()
        self._warm.close()
        remove_tree(self._staging)


class Desk:
    """Grades chunks for one run, as many at once as it has places, each in a thread of its caller's.

    `scratch` is a folder for files under way; `address` is what others call this worker.
    """

    def __init__(self, setup: Setup, *, address: str, places: int, scratch: Path, idle_s: float = IDLE_S) -> None:
        self._address = address
        self._places = places
        self._scratch = scratch
        self._idle_s = idle_s
        self._lock = threading.Lock()
        self._bench: Bench | None = None
        self._under_way = 0
        self._last_s = time.monotonic()
        self._closed = threading.Event()
        self.refusal = ""
        try:
            self._options = admitted(setup)
        except GraderError as error:
            self.refusal = Catalog(setup.lang).explain(error)
            return
        threading.Thread(target=self._watch, name="desk", daemon=True).start()

    def grade(self, chunk: bytes) -> bytes:
        """Return the reply to a chunk of jobs.

        Raises:
            DeskClosedError: it was closed meanwhile.
            WorkerFault: the warm process cannot be started.
            msgspec.DecodeError: these are no jobs.
        """
        if self.refusal:
            self._closed.wait(REFUSAL_S)
            return encode(Refused(self._address, self.refusal))
        jobs = decode_jobs(chunk)
        with self._at_work() as bench:
            outcomes = bench.assess(jobs)
        if self._closed.is_set():
            raise DeskClosedError
        return encode(Graded(outcomes))

    def close(self) -> None:
        """End whatever is under way; returns once nothing is left of it."""
        with self._lock:
            self._closed.set()
            bench, self._bench = self._bench, None
        if bench is not None:
            bench.close()

    @contextmanager
    def _at_work(self) -> Iterator[Bench]:
        with self._lock:
            if self._closed.is_set():
                raise DeskClosedError
            if self._bench is None:
                self._bench = Bench(self._options, places=self._places, scratch=self._scratch)
            bench = self._bench
            self._under_way += 1
        try:
            yield bench
        finally:
            with self._lock:
                self._under_way -= 1
                self._last_s = time.monotonic()

    def _watch(self) -> None:
        while not self._closed.wait(min(LOOK_S, self._idle_s)):
            idle = None
            with self._lock:
                bench = self._bench
                if not self._under_way and time.monotonic() - self._last_s > self._idle_s:
                    idle, self._bench = bench, None
            if idle is not None:
                idle.close()
            elif bench is not None:
                bench.dismiss_hung()
