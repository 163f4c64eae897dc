"""The pytest plugin that runs an exercise's checks against a learner's worker."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import pytest

from grader.errors import GraderError
from grader.judge.checks import spec_of, title_of
from grader.judge.compare import tolerating
from grader.judge.draw import Draw, derive_seed
from grader.judge.student import Student, Transcript
from grader.judge.verdicts import (
    BadReply,
    CheckFailed,
    LearnerError,
    NotJudged,
    OutOfPatienceError,
    SourceFault,
    WorkerDied,
)
from grader.model import Status
from grader.worker.limits import CPU, WALL
from grader.worker.wire import EXITED, GRAPH, MEMORY, MISSING, NOT_STARTED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.judge.bench import Seat
    from grader.judge.checks import CheckSpec
    from grader.model import Text

STATUS_OF_KIND = {
    NOT_STARTED: Status.NOT_STARTED,
    MISSING: Status.MISSING,
    MEMORY: Status.CRASHED,
    EXITED: Status.CRASHED,
    GRAPH: Status.FAILED,
}


@dataclass
class CheckRun:
    """One check as it went."""

    name: str
    function: Callable[..., object]
    spec: CheckSpec
    title: Text
    seed: int
    params: dict[str, object]
    status: Status = Status.PASSED
    error: BaseException | None = None
    transcript: Transcript = field(default_factory=Transcript)
    seconds: float = 0.0
    blocked_by: str = ""
    seat: Seat | None = None

    @property
    def held(self) -> bool:
        """Whether nothing is held against the code: the check passed, or could not judge it."""
        return self.status is Status.PASSED or isinstance(self.error, NotJudged)

    def note(self, error: BaseException) -> None:
        """Take down what ended the check; the first thing counts."""
        if self.error is None:
            self.error = error
            self.status = _status_of(error)


def _status_of(error: BaseException) -> Status:
    if isinstance(error, LearnerError):
        return STATUS_OF_KIND.get(error.failure.kind, Status.ERROR)
    if isinstance(error, WorkerDied):
        return Status.TIMEOUT if error.ending and error.ending.reason in (WALL, CPU) else Status.CRASHED
    if isinstance(error, OutOfPatienceError):
        return Status.TIMEOUT
    if isinstance(error, BadReply):
        return Status.CRASHED
    if isinstance(error, SourceFault):
        return Status.ERROR
    if isinstance(error, NotJudged):
        return Status.SKIPPED
    return Status.FAILED


class Grading:
    """Collects a `CheckRun` for every check of one exercise; `on_end` gets each as it ends, and all of them.

    `open_seat` opens a worker with the learner's file, as `Bench.open` does.
    """

    def __init__(
        self,
        open_seat: Callable[..., Seat],
        *,
        exercise: str,
        seed: int,
        device: str,
        present: bool = True,
        on_end: Callable[[CheckRun, Sequence[CheckRun]], None] | None = None,
    ) -> None:
        self.runs: list[CheckRun] = []
        self.faults: list[BaseException] = []
        self.open_seat = open_seat
        self.device = device
        self.present = present
        self.left = 0
        self._exercise = exercise
        self._seed = seed
        self._on_end = on_end
        self._by_name: dict[str, CheckRun] = {}

    def __getitem__(self, item: pytest.Item) -> CheckRun:
        """Return the run of a check."""
        return self._by_name[item.name]

    def collect(self, items: Sequence[pytest.Item]) -> None:
        """Make a run for every collected check."""
        for item in items:
            if isinstance(item, pytest.Function):
                function = item.function
                callspec = getattr(item, "callspec", None)
                run = CheckRun(
                    name=item.name,
                    function=function,
                    spec=spec_of(function),
                    title=title_of(function),
                    seed=derive_seed(self._seed, self._exercise, item.name),
                    params=dict(callspec.params) if callspec else {},
                )
                self.runs.append(run)
                self._by_name[item.name] = run
        self.left = len(self.runs)

    def blocker_of(self, run: CheckRun) -> str:
        """Return the name of a check that this one depends on and that did not pass, or an empty text."""
        for name in run.spec.needs:
            needed = self._by_name.get(name)
            if needed is not None and not needed.held:
                return name
        return ""

    def tell(self, run: CheckRun) -> None:
        """Tell whoever wants to know that a check has ended."""
        if self._on_end is not None and not self.faults:
            self._on_end(run, self.runs)


class Plugin:
    """Gives checks their fixtures and takes down how they end, for the grading that is under way."""

    grading: Grading

    @pytest.fixture
    def student(self, request: pytest.FixtureRequest) -> Iterator[Student]:
        """The learner's names, in a fresh worker."""
        grading = self.grading
        run = grading[request.node]
        run.seat = grading.open_seat(seed=run.seed, more=grading.left > 0)
        run.transcript = run.seat.courier.transcript
        try:
            yield Student(run.seat.courier)
            # Of a check that was broken off nothing more is asked: its worker may be in a loop.
            if run.error is None and not grading.faults:
                run.seat.finish()
        finally:
            run.seat.close()

    @pytest.fixture
    def draw(self, request: pytest.FixtureRequest) -> Draw:
        """A source of inputs, seeded for this check."""
        return Draw(self.grading[request.node].seed)

    @pytest.fixture
    def device(self) -> str:
        """The device that the learner's tensors live on."""
        return self.grading.device

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Time the check, its worker's start included."""
        grading = self.grading
        grading.left -= 1
        start = time.perf_counter()
        try:
            with tolerating(grading.device):
                return (yield)
        finally:
            run = grading[item]
            run.seconds = time.perf_counter() - start
            grading.tell(run)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Skip a check that depends on one that did not pass, or on a device that is not there."""
        run = self.grading[item]
        if not self.grading.present:
            run.status = Status.SKIPPED
            pytest.skip(self.grading.device)
        blocker = self.grading.blocker_of(run)
        if blocker:
            run.status = Status.SKIPPED
            run.blocked_by = blocker
            pytest.skip(blocker)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[Any]) -> pytest.TestReport:
        """Take down what a check raised; pytest's own account of it, 20 ms each, is nobody's to read."""
        outcome: Literal["passed", "failed", "skipped"] = "passed"
        if call.excinfo is not None:
            outcome = "skipped" if call.excinfo.errisinstance(pytest.skip.Exception) else "failed"
            if isinstance(call.excinfo.value, GraderError):
                self.grading.faults.append(call.excinfo.value)
            elif outcome == "failed":
                self.grading[item].note(call.excinfo.value)
        when = "call" if call.when == "collect" else call.when
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, when, duration=call.duration)


def cause(run: CheckRun) -> CheckFailed | None:
    """Return the failed comparison behind a run, None where it ended another way."""
    return run.error if isinstance(run.error, CheckFailed) else None
