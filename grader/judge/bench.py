"""The bench of one exercise's grading: a submission, and a fresh worker for every check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.judge.link import WorkerLink
from grader.judge.student import Courier
from grader.judge.verdicts import LearnerError, SourceFault, WorkerDied
from grader.worker.confine import level

if TYPE_CHECKING:
    from grader.judge.submission import Submission
    from grader.worker.place import Ending, Place, Starter, Worker


class Bench:
    """Opens couriers to fresh workers, one worker started ahead of need."""

    def __init__(self, submission: Submission, place: Place, starter: Starter) -> None:
        self.submission = submission
        self.sandbox = level()
        self._place = place
        self._starter = starter
        # Started here so that it is up by the time pytest has collected the checks.
        self._spare: Worker | None = None if submission.fault else starter.start(place)
        self._refusal: LearnerError | WorkerDied | None = None

    def open(self, *, seed: int, more: bool) -> Seat:
        """Return a seat at a fresh worker; `more` says that another check will follow.

        Once a file could not be loaded the rest of the checks share that outcome: an
        endless loop at import costs its time limit once, not once a check.

        Raises:
            SourceFault, LearnerError, WorkerDied: the learner's file could not be loaded.
        """
        if self.submission.fault is not None:
            raise SourceFault(self.submission.fault)
        if self._refusal is not None:
            raise self._refusal
        worker = self._spare or self._starter.start(self._place)
        self._spare = self._starter.start(self._place) if more else None
        seat = Seat(worker)
        try:
            link = seat.connect()
            self.sandbox = link.sandbox
            seat.courier = Courier(link, seed=seed, device=self._place.device)
            seat.courier.load(self.submission.source, self.submission.file_name)
        except (LearnerError, WorkerDied) as refusal:
            seat.close()
            refusal.output = seat.output
            self._refusal = refusal
            raise
        except BaseException:
            seat.close()
            raise
        return seat

    def close(self) -> None:
        """Give back the worker that was started ahead."""
        if self._spare is not None:
            self._spare.stop()
            self._spare.ending()
            self._spare = None


class Seat:
    """One check's worker, from its start to its end."""

    courier: Courier

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._link: WorkerLink | None = None
        self._ending: Ending | None = None

    def connect(self) -> WorkerLink:
        """Wait for the worker's hello, and start its clock."""
        self._link = WorkerLink(self._worker)
        return self._link

    def finish(self) -> None:
        """Make sure that nothing but honest replies came."""
        if self._link is not None and self._link.ending is None:
            self._link.finish(self.courier.next_id())

    def close(self) -> None:
        """End the worker, without waiting for it."""
        if self._link is not None and self._link.ending is not None:
            self._ending = self._link.ending
        else:
            self._worker.stop()

    @property
    def output(self) -> bytes:
        """What the learner's code printed; waits for the worker's end."""
        if self._ending is None:
            self._ending = self._worker.ending()
        return self._ending.output
