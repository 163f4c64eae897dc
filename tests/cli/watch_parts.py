"""What stands in for the terminal, the warm process and the saves in tests of `grader watch`."""

from __future__ import annotations

import os
import queue
import re
import threading
import time
from typing import TYPE_CHECKING

from grader.cli.terminal import Heard
from grader.model import CheckResult, Graded, Mistake, Report, Status
from grader.practice import digest_of
from grader.warm import Cancelled

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from grader.model import GradeOptions, GradeRequest

    Step = str | Callable[["FakeDisplay"], bool | None]

PATIENCE_S = 60.0
MISTAKE = {
    "en": Mistake("sign", "The sign is wrong", "Turn it round."),
    "zh": Mistake("sign", "符号反了", "请反过来。"),
}


class FakeDisplay:
    """A terminal that types a script: strings are keys, functions are called until they do not return False."""

    def __init__(self, columns: int = 100, lines: int = 40) -> None:
        self.size = os.terminal_size((columns, lines))
        self.frames: list[Sequence[str]] = []
        self.steps: list[Step] = []
        self.waits: list[float | None] = []
        self.away = 0
        self.ending: signal.Signals | None = None

    @property
    def text(self) -> str:
        """What stands on the screen, without its colours."""
        return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(self.frames[-1]))

    def show(self, rows: Sequence[str], size: os.terminal_size) -> None:
        """Take a frame."""
        assert len(rows) == size.lines
        self.frames.append(rows)

    def read(self, timeout_s: float | None) -> Heard:
        """Do the next step."""
        self.waits.append(timeout_s)
        if not self.steps:
            return Heard(["q"], self.ending)
        step = self.steps[0]
        if isinstance(step, str):
            self.steps.pop(0)
            return Heard([step], None)
        if step(self) is not False:
            self.steps.pop(0)
        time.sleep(0.002)
        return Heard([], None)

    def wake(self) -> None:
        """Nothing sleeps here."""

    def suspend(self) -> None:
        """Count it."""
        self.away += 1

    def resume(self) -> None:
        """Count it."""
        self.away -= 1


def sees(*texts: str) -> Callable[[FakeDisplay], bool]:
    """Return a step that waits until all `texts` are on the screen."""
    start: list[float] = []

    def look(display: FakeDisplay) -> bool:
        start.append(time.monotonic())
        found = all(text in display.text for text in texts)
        assert found or start[-1] - start[0] < PATIENCE_S, f"no {texts} in\n{display.text}"
        if found:
            start.clear()
        return found

    return look


def does_not_see(*texts: str) -> Callable[[FakeDisplay], None]:
    """Return a step that has none of `texts` on the screen."""

    def look(display: FakeDisplay) -> None:
        assert not [text for text in texts if text in display.text], display.text

    return look


class FakeSaves:
    """Saves that a test makes."""

    def __init__(self, method: str = "events") -> None:
        self.method = method
        self._queue: queue.SimpleQueue[frozenset[Path] | None] = queue.SimpleQueue()

    def __iter__(self) -> Iterator[frozenset[Path]]:
        """Yield them."""
        while (files := self._queue.get()) is not None:
            yield files

    def save(self, file: Path, text: str) -> Callable[[FakeDisplay], None]:
        """Return a step that saves `file`."""

        def step(_: FakeDisplay) -> None:
            file.write_text(text, encoding="utf-8")
            self._queue.put(frozenset({file}))

        return step

    def stop(self) -> None:
        """End."""
        self._queue.put(None)


class FakeEngine:
    """Grades by what stands in the file: right, loop, slow, fault, bug, hostile; all else is wrong."""

    def __init__(self) -> None:
        self.ready = True
        self.asked: list[tuple[str, GradeOptions, str]] = []
        self.cancelled = 0
        self.go_on = threading.Event()
        self.fault: Exception | None = None

    def grade(self, request: GradeRequest, *, options: GradeOptions, plot: bool = False) -> FakeGrading:
        """Begin."""
        assert not plot
        text = request.file.read_text(encoding="utf-8")
        self.asked.append((request.exercise.id, options, text))
        return FakeGrading(self, request, options, text)

    def close(self) -> None:
        """Nothing to end."""


class FakeGrading:
    """One grading of a `FakeEngine`."""

    def __init__(self, engine: FakeEngine, request: GradeRequest, options: GradeOptions, text: str) -> None:
        self._engine = engine
        self._request = request
        self._options = options
        self._text = text
        self._cancelled = threading.Event()

    def __iter__(self) -> Iterator[CheckResult | Graded]:
        """Yield two checks and a verdict."""
        if "fault" in self._text:
            assert self._engine.fault is not None
            raise self._engine.fault
        checks = [*self._checks()]
        yield checks[0]
        if "slow" in self._text:
            self._engine.go_on.wait(PATIENCE_S)
        if "loop" in self._text:
            self._cancelled.wait(PATIENCE_S)
        if self._cancelled.is_set():
            raise Cancelled
        yield checks[1]
        yield Graded(self._report(checks), digest_of(self._request.file))

    def cancel(self) -> None:
        """End it."""
        self._engine.cancelled += 1
        self._cancelled.set()

    def _checks(self) -> Iterator[CheckResult]:
        titles = ("第一项", "第二项") if self._options.lang == "zh" else ("The first", "The second")
        hostile = "\x1b[2J\x1b]0;owned\x07[red]" if "hostile" in self._text else ""
        for nth, title in enumerate(titles):
            good = nth == 0 or "right" in self._text
            status = Status.PASSED if good else Status.FAILED
            message = "" if good else f"{hostile}got 1, not 2"
            yield CheckResult(f"test_{nth}", title, status, 5.0 * good, 5.0, message, None, 0.01, hostile)

    def _report(self, checks: Sequence[CheckResult]) -> Report:
        passed = all(check.status is Status.PASSED for check in checks)
        return Report(
            exercise=self._request.exercise.id,
            name=self._request.exercise.name,
            passed=passed,
            status=Status.PASSED if passed else Status.FAILED,
            score=sum(check.score for check in checks),
            max_score=10.0,
            device="cpu",
            seed=self._options.seed,
            seconds=0.05,
            sandbox="full",
            mistake=None if passed else MISTAKE[self._options.lang],
            checks=tuple(checks),
        )
