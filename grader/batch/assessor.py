"""Grade one job after the other by a standing judge, in a folder of its own."""

from __future__ import annotations

import secrets
import shutil
import time
from typing import TYPE_CHECKING

from grader.batch.work import Job, Outcome
from grader.course import find_exercise
from grader.errors import CourseError, GraderError
from grader.model import GradeRequest
from grader.texts import Catalog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from grader.model import GradeOptions, Report
    from grader.warm import StandingJudge

# A judge that died or hung may have been unlucky: the same file is tried so often in all.
ATTEMPTS = 3
# A fresh judge now and then, so that nothing that it gathers can slow a long run.
GRADINGS_PER_JUDGE = 1000
# What a grading may take beside its checks, in seconds; and how many checks an exercise may have.
SPARE_S = 60.0
MOST_CHECKS = 40


class Assessor:
    """One of several that work side by side; used by one thread at a time, `dismiss` by any.

    `staging` is a folder of the grader's own: each job's files lie in a folder there whose name
    nobody can guess, for as long as it is graded. A judge has `patience_s` for one of them; by
    default, what all its checks together may take.
    """

    def __init__(
        self,
        hire: Callable[[], StandingJudge],
        staging: Path,
        options: GradeOptions,
        *,
        patience_s: float | None = None,
    ) -> None:
        self._hire = hire
        self._staging = staging
        self._options = options
        self._patience_s = SPARE_S + MOST_CHECKS * options.limits.wall_s if patience_s is None else patience_s
        self._catalog = Catalog(options.lang)
        self._judge: StandingJudge | None = None
        self._graded = 0
        self._since_s: float | None = None
        self._closed = False

    def assess(self, job: Job) -> Outcome:
        """Return what comes of a job; a fault of the grader's own is tried again before it is one."""
        fault = ""
        for _ in range(ATTEMPTS):
            if self._closed:
                break
            try:
                return Outcome(student=job.student, exercise=job.exercise, report=self._report(job))
            except CourseError as error:
                # The same course would fail in the same way again.
                fault = self._catalog.explain(error)
                break
            except GraderError as error:
                fault = self._catalog.explain(error)
                self._let_go()
            except OSError as error:
                fault = f"{type(error).__name__}: {error.strerror or error}"
        return Outcome(student=job.student, exercise=job.exercise, report=None, fault=fault or "closed")

    def dismiss_if_hung(self) -> None:
        """End the judge if it has been at one job for longer than it may."""
        since_s = self._since_s
        if since_s is not None and time.monotonic() - since_s > self._patience_s:
            self._dismiss()

    def close(self) -> None:
        """End the judge and its workers; what is under way ends without a verdict."""
        self._closed = True
        self._dismiss()

    def release(self) -> None:
        """Close the line to the judge, once no thread uses it any more."""
        self._let_go()

    def _report(self, job: Job) -> Report:
        exercise = find_exercise(self._options.course, job.exercise)
        folder = self._staging / secrets.token_hex(16)
        try:
            folder.mkdir(mode=0o700)
            file = folder / exercise.file_name
            file.write_bytes(job.source)
            for other in job.beside:
                (folder / other.name).write_bytes(other.data)
            self._since_s = time.monotonic()
            return self._standing().grade(GradeRequest(exercise, file), options=self._options).report
        finally:
            self._since_s = None
            shutil.rmtree(folder, ignore_errors=True)

    def _standing(self) -> StandingJudge:
        if self._judge is not None and self._graded >= GRADINGS_PER_JUDGE:
            self._let_go()
        if self._judge is None:
            self._judge, self._graded = self._hire(), 0
            if self._closed:
                # `close` may have come too early to see this one.
                self._dismiss()
        self._graded += 1
        return self._judge

    def _let_go(self) -> None:
        judge, self._judge = self._judge, None
        if judge is not None:
            judge.close()

    def _dismiss(self) -> None:
        judge = self._judge
        if judge is not None:
            judge.dismiss()
