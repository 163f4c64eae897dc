"""What a check's end makes of its run."""

from __future__ import annotations

import pytest

from grader.judge.checks import spec_of, title_of
from grader.judge.plugin import CheckRun, cause
from grader.judge.verdicts import BadReply, CheckFailed, LearnerError, SourceFault, WorkerDied
from grader.model import Status, Text
from grader.worker.place import Ending
from grader.worker.wire import Failure

NO = Text("no", "否")


def new_run() -> CheckRun:
    """Return a run that has not ended."""
    return CheckRun("t", new_run, spec_of(new_run), title_of(new_run), 0, {})


def raised(kind: str) -> LearnerError:
    """Return what a learner's code raised."""
    return LearnerError(Failure(1, kind, "E", "m"), "f")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (CheckFailed(NO), Status.FAILED),
        (AssertionError(), Status.FAILED),
        (TypeError(), Status.FAILED),
        (raised("raised"), Status.ERROR),
        (raised("loading"), Status.ERROR),
        (raised("wire"), Status.ERROR),
        (raised("invented"), Status.ERROR),
        (raised("not_started"), Status.NOT_STARTED),
        (raised("missing"), Status.MISSING),
        (raised("memory"), Status.CRASHED),
        (raised("exited"), Status.CRASHED),
        (raised("graph"), Status.FAILED),
        (WorkerDied(Ending("wall", 0, 9, b""), "f"), Status.TIMEOUT),
        (WorkerDied(Ending("cpu", 0, 24, b""), "f"), Status.TIMEOUT),
        (WorkerDied(Ending("threads", 0, 9, b""), "f"), Status.CRASHED),
        (WorkerDied(Ending("", 0, 0, b""), "f"), Status.CRASHED),
        (WorkerDied(None, "f"), Status.CRASHED),
        (BadReply(), Status.CRASHED),
        (SourceFault(NO), Status.ERROR),
    ],
)
def test_each_end_has_its_status(error: Exception, status: Status) -> None:
    """Nothing that a check can raise is a pass, and no kind that a hostile worker invents is a better one."""
    run = new_run()
    assert run.status is Status.PASSED
    run.note(error)
    assert (run.status, run.error) == (status, error)


def test_the_first_end_counts() -> None:
    """What goes wrong while the check is torn down does not replace its verdict."""
    run = new_run()
    first = CheckFailed(NO)
    run.note(first)
    run.note(BadReply())
    assert (run.status, run.error) == (Status.FAILED, first)


def test_the_cause_is_a_failed_comparison() -> None:
    """Only a failed comparison has tensors to speak of."""
    run = new_run()
    assert cause(run) is None
    run.note(raised("raised"))
    assert cause(run) is None
    failed, first = new_run(), CheckFailed(NO)
    failed.note(first)
    assert cause(failed) is first
