"""Grade many jobs side by side on this machine: one warm process, a standing judge for each place."""

from __future__ import annotations

import queue
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

from grader.batch.assessor import Assessor
from grader.durable import doing
from grader.texts import Phrase
from grader.warm import WarmProcess
from grader.worker.scratch import remove_tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from grader.batch.work import Job, Outcome
    from grader.model import GradeOptions

# How often hung judges are looked for.
LOOK_S = 1.0
# Read ahead, so that no place waits for the database.
AHEAD = 2


class LocalPool:
    """Grades on `jobs` places at once; used by one thread.

    A judge that takes longer than `patience_s` for one file is ended and replaced.

    Raises:
        WorkerFault: the warm process cannot be started.
    """

    def __init__(self, options: GradeOptions, *, jobs: int, staging: Path, patience_s: float | None = None) -> None:
        self._warm = WarmProcess(options.course)
        self._assessors = [Assessor(self._warm.hire, staging, options, patience_s=patience_s) for _ in range(jobs)]
        self._free: queue.SimpleQueue[Assessor] = queue.SimpleQueue()
        for each in self._assessors:
            self._free.put(each)
        self._threads = ThreadPoolExecutor(jobs, thread_name_prefix="assessor")

    def grade(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Yield what comes of each job, in the order in which they end."""
        waiting = iter(jobs)
        running: set[Future[Outcome]] = set()
        while True:
            room = AHEAD * len(self._assessors) - len(running)
            running |= {self._threads.submit(self._assess, job) for job in islice(waiting, room)}
            if not running:
                return
            ended, running = wait(running, LOOK_S, FIRST_COMPLETED)
            for each in self._assessors:
                each.dismiss_if_hung()
            for future in ended:
                yield future.result()

    def close(self) -> None:
        """End whatever is under way; returns once nothing is left of it."""
        for each in self._assessors:
            each.close()
        self._threads.shutdown(cancel_futures=True)
        for each in self._assessors:
            each.release()
        self._warm.close()

    def _assess(self, job: Job) -> Outcome:
        assessor = self._free.get()
        try:
            return assessor.assess(job)
        finally:
            self._free.put(assessor)


@contextmanager
def staging_in(out: Path) -> Iterator[Path]:
    """Make an empty folder below `out` for files under way; what a killed run left there goes first.

    Raises:
        WorkspaceError: it cannot be made.
    """
    folder = out / ".grading"
    with doing(Phrase("action.make_folder"), folder):
        remove_tree(folder)
        folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        remove_tree(folder)
