"""The pytest plugin that runs an exercise's checks against a learner's worker."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
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

    from grader.judge.bench import Bench, Seat
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
    """Collects a `CheckRun` for every check of one exercise; `on_end` gets each as it ends, and all of them."""

    def __init__(
        self,
        bench: Bench,
        *,
        exercise: str,
        seed: int,
        device: str,
        present: bool = True,
        on_end: Callable[[CheckRun, Sequence[CheckRun]], None] | None = None,
    ) -> None:
        self.runs: list[CheckRun] = []
        self.faults: list[BaseException] = []
        self._bench = bench
        self._exercise = exercise
        self._seed = seed
        self._device = device
        self._present = present
        self._on_end = on_end
        self._by_name: dict[str, CheckRun] = {}
        self._left = 0

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Make a run for every collected check; checks of another file are the grader's fault."""
        for item in items:
            if isinstance(item, pytest.Function):
                file = item.module.__file__
                if file is None or not Path(file).samefile(item.path):
                    self.faults.append(RuntimeError(f"{file} was taken for {item.path}"))
                    items.clear()
                    return
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
        self._left = len(self.runs)

    @pytest.fixture
    def student(self, request: pytest.FixtureRequest) -> Iterator[Student]:
        """The learner's names, in a fresh worker."""
        run = self._by_name[request.node.name]
        run.seat = self._bench.open(seed=run.seed, more=self._left > 0)
        run.transcript = run.seat.courier.transcript
        try:
            yield Student(run.seat.courier)
            if run.error is None:
                run.seat.finish()
        finally:
            run.seat.close()

    @pytest.fixture
    def draw(self, request: pytest.FixtureRequest) -> Draw:
        """A source of inputs, seeded for this check."""
        return Draw(self._by_name[request.node.name].seed)

    @pytest.fixture
    def device(self) -> str:
        """The device that the learner's tensors live on."""
        return self._device

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Time the check, its worker's start included."""
        self._left -= 1
        start = time.perf_counter()
        try:
            with tolerating(self._device):
                return (yield)
        finally:
            run = self._by_name[item.name]
            run.seconds = time.perf_counter() - start
            if self._on_end is not None and not self.faults:
                self._on_end(run, self.runs)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Skip a check that depends on one that did not pass, or on a device that is not there."""
        run = self._by_name[item.name]
        if not self._present:
            run.status = Status.SKIPPED
            pytest.skip(self._device)
        for name in run.spec.needs:
            needed = self._by_name.get(name)
            if needed is not None and not needed.held:
                run.status = Status.SKIPPED
                run.blocked_by = name
                pytest.skip(name)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[Any]) -> pytest.TestReport:
        """Take down what a check raised; pytest's own account of it, 20 ms each, is nobody's to read."""
        outcome: Literal["passed", "failed", "skipped"] = "passed"
        if call.excinfo is not None:
            outcome = "skipped" if call.excinfo.errisinstance(pytest.skip.Exception) else "failed"
            if isinstance(call.excinfo.value, GraderError):
                self.faults.append(call.excinfo.value)
            elif outcome == "failed":
                self._by_name[item.name].note(call.excinfo.value)
        when = "call" if call.when == "collect" else call.when
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, when, duration=call.duration)

    def pytest_internalerror(self, excrepr: object, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:  # noqa: ARG002 - pytest's signature
        """Keep pytest's own failures for the caller, who reports them as the grader's fault."""
        self.faults.append(excinfo.value)
        return True

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep a checks file that cannot be collected as the grader's fault."""
        if report.failed:
            self.faults.append(RuntimeError(str(report.longrepr)[-2000:]))


def cause(run: CheckRun) -> CheckFailed | None:
    """Return the failed comparison behind a run, None where it ended another way."""
    return run.error if isinstance(run.error, CheckFailed) else None
