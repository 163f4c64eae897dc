"""The result of one check, and the status that all of them make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.judge.explain import explain
from grader.model import CheckResult, Exercise, GradeOptions, Mistake, Status
from grader.sanitise import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.judge.plugin import CheckRun
    from grader.judge.relate import Relation

# The order in which one status speaks for an exercise whose checks ended differently.
SEVERITY = (Status.CRASHED, Status.TIMEOUT, Status.ERROR, Status.MISSING, Status.FAILED, Status.NOT_STARTED)
MAX_OUTPUT = 4_000


def result_of(
    run: CheckRun,
    runs: Sequence[CheckRun],
    exercise: Exercise,
    options: GradeOptions,
    *,
    mistake: Mistake | None = None,
    relation: Relation | None = None,
) -> CheckResult:
    """Return how `run`, one of the `runs` of `exercise`, ended, in the language of `options`."""
    share = round(exercise.points * run.spec.weight / sum(other.spec.weight for other in runs), 4)
    return CheckResult(
        name=run.name,
        title=run.title.in_lang(options.lang),
        status=run.status,
        score=share if run.held else 0.0,
        max_score=share,
        message=explain(run, exercise, runs, limits=options.limits, lang=options.lang, relation=relation),
        mistake=mistake,
        seconds=round(run.seconds, 4),
    )


def output_of(run: CheckRun) -> str:
    """Return what the learner's code printed in `run`; waits for the end of its worker."""
    raw = run.seat.output if run.seat is not None else getattr(run.error, "output", b"")
    return plain(raw.decode("utf-8", "replace"), MAX_OUTPUT)


def overall(results: Sequence[CheckResult]) -> Status:
    """Return the status of an exercise. No check run is never a pass; one that could not judge does not count."""
    statuses = {result.status for result in results if not (result.status is Status.SKIPPED and result.score)}
    if statuses == {Status.PASSED}:
        return Status.PASSED
    if statuses <= {Status.NOT_STARTED, Status.SKIPPED} and Status.NOT_STARTED in statuses:
        return Status.NOT_STARTED
    # A half-filled file is wrong, not untouched.
    return next(
        (status for status in SEVERITY[:-1] if status in statuses),
        Status.FAILED if Status.PASSED in statuses else Status.SKIPPED,
    )
