"""A stage for the terminal program: an engine and a watch that do as a test says, and the frame as text."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from grader.model import CheckResult, Graded, Mistake, Plot, Report, Series, Status, Text
from grader.practice import Practice, digest_of
from grader.texts import Catalog
from grader.warm import Cancelled
from tui.engine import Tools
from tui.program import app_for

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence
    from pathlib import Path

    from textual.pilot import Pilot

    from grader.engine import Event
    from grader.model import Course, GradeOptions, GradeRequest, Lang
    from grader.workspace import Workspace
    from tui.app import GraderApp
    from tui.notes import Note

# For a busy machine; nothing that works takes a tenth of it.
PATIENCE_S = 60.0
Step = Any
"""An event to yield, an error to raise, or a threading.Event to wait for."""


def check(name: str, status: Status = Status.PASSED, **fields: Any) -> CheckResult:
    """Return a check that ended with `status`."""
    passed = status is Status.PASSED
    values: dict[str, Any] = {
        "title": f"Title of {name}",
        "score": 1.0 if passed else 0.0,
        "max_score": 1.0,
        "message": "" if passed else f"Message of {name}",
        "mistake": None,
        "seconds": 0.01,
    }
    return CheckResult(name=name, status=status, **(values | fields))


def verdict(
    request: GradeRequest, options: GradeOptions, checks: Sequence[CheckResult], *, mistake: Mistake | None = None
) -> Graded:
    """Return the verdict that `checks` lead to."""
    passed = all(each.status is Status.PASSED for each in checks)
    failed = next((each.status for each in checks if each.status is not Status.PASSED), Status.PASSED)
    report = Report(
        exercise=request.exercise.id,
        name=request.exercise.slug,
        passed=passed,
        status=failed,
        score=sum(each.score for each in checks),
        max_score=float(len(checks)),
        device="cpu",
        seed=options.seed,
        seconds=0.12,
        sandbox="full",
        mistake=mistake,
        checks=tuple(checks),
    )
    return Graded(report, digest_of(request.file))


def plot() -> Plot:
    """Return a small plot."""
    points = Series(label=Text("data", "数据"), x=(0.0, 1.0, 2.0), y=(1.0, 2.0, 4.0), kind="points")
    line = Series(label=Text("fit", "拟合"), x=(0.0, 2.0), y=(1.0, 4.0))
    return Plot(title=Text("The line", "直线"), x_label=Text("x", "x"), y_label=Text("y", "y"), series=(points, line))


class ScriptedGrading:
    """A grading that goes through the steps of a script."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = steps
        self.cancelled = threading.Event()

    def __iter__(self) -> Iterator[Event]:
        """Go through the steps until cancelled."""
        for step in self.steps:
            while isinstance(step, threading.Event) and not step.is_set() and not self.cancelled.is_set():
                time.sleep(0.005)
            if self.cancelled.is_set():
                raise Cancelled
            if isinstance(step, Exception):
                raise step
            if not isinstance(step, threading.Event):
                yield step

    def cancel(self) -> None:
        """End it."""
        self.cancelled.set()


class ScriptedEngine:
    """An engine whose gradings are written by `script`; it keeps what it was asked for."""

    def __init__(self, script: Callable[[GradeRequest, GradeOptions], Sequence[Step]]) -> None:
        self.script = script
        self.ready = True
        self.asked: list[tuple[GradeRequest, GradeOptions, bool]] = []
        self.gradings: list[ScriptedGrading] = []
        self.closed = False

    def grade(self, request: GradeRequest, *, options: GradeOptions, plot: bool = False) -> ScriptedGrading:
        """Start a grading."""
        self.asked.append((request, options, plot))
        grading = ScriptedGrading(self.script(request, options))
        self.gradings.append(grading)
        return grading

    def close(self) -> None:
        """Be closed."""
        self.closed = True


class ScriptedWatch:
    """A watch that tells of a save when a test says so."""

    def __init__(self, method: str = "events") -> None:
        self.method = method
        self.queue: SimpleQueue[frozenset[Path] | None] = SimpleQueue()

    def __iter__(self) -> Iterator[frozenset[Path]]:
        """Wait for the test."""
        while (files := self.queue.get()) is not None:
            yield files

    def stop(self) -> None:
        """End the iteration."""
        self.queue.put(None)


def all_pass(request: GradeRequest, options: GradeOptions) -> Sequence[Step]:
    """Pass every exercise."""
    checks = [check("test_one"), check("test_two")]
    return [*checks, verdict(request, options, checks)]


def one_fails(request: GradeRequest, options: GradeOptions) -> Sequence[Step]:
    """Fail the second of three checks with a named mistake."""
    mistake = Mistake("no_reshape", f"{options.lang}: shapes broadcast", "Reshape y first.")
    checks = [check("test_one"), check("test_two", Status.FAILED), check("test_three", Status.SKIPPED)]
    named = [checks[0], check("test_two", Status.FAILED, mistake=mistake), checks[2]]
    return [*checks, verdict(request, options, named, mistake=mistake)]


@dataclass
class Stage:
    """A running program and what it is connected to."""

    app: GraderApp
    pilot: Pilot[int]
    engine: ScriptedEngine
    watch: ScriptedWatch
    practice: Practice
    calls: list[Sequence[str]] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return the frame as it is on the screen, row by row."""
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    def text(self) -> str:
        """Return the frame as one text."""
        return "\n".join(self.lines())

    @property
    def note(self) -> str:
        """The line that says what happened and which key leads on."""
        return self.app.note.said(self.app.texts)

    def shows(self, text: str) -> bool:
        """Say whether `text` is on the screen, wherever its lines were broken."""
        return "".join(text.split()) in "".join(char for char in self.text() if char not in " │\n")

    async def press(self, *keys: str) -> None:
        """Press keys and wait until all is quiet."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until `true` holds."""
        deadline = time.monotonic() + PATIENCE_S
        while not true():
            if time.monotonic() > deadline:
                message = f"did not happen within {PATIENCE_S} s; the screen:\n{self.text()}"
                raise AssertionError(message)
            await asyncio.sleep(0.01)
            await self.pilot.pause()

    async def graded(self) -> None:
        """Wait until no grading is under way and its verdict is shown."""
        await self.until(lambda: not self.app.grading)
        await self.pilot.pause()

    def save(self, name: str, text: str) -> None:
        """Save a file of the workspace, and let the watch tell of it."""
        path = self.practice.workspace.root / name
        path.write_text(text, encoding="utf-8")
        self.watch.queue.put(frozenset({path}))


def require_whole(lines: Sequence[str], width: int, height: int) -> None:
    """Fail unless the frame has `height` rows of exactly `width` cells."""
    assert len(lines) == height
    assert {cell_len(line) for line in lines} <= {width}


def play(
    course: Course,
    workspace: Workspace,
    scenario: Callable[[Stage], Awaitable[None]],
    *,
    size: tuple[int, int] = (120, 40),
    lang: Lang = "en",
    script: Callable[[GradeRequest, GradeOptions], Sequence[Step]] = one_fails,
    environ: dict[str, str] | None = None,
    notes: SimpleQueue[Note] | None = None,
    engine: ScriptedEngine | None = None,
    watch: ScriptedWatch | None = None,
    lang_chosen: bool = False,
    **tools: Any,
) -> None:
    """Run `scenario` on a program of that size."""
    engine = engine or ScriptedEngine(script)
    watch = watch or ScriptedWatch()
    practice = Practice(course, workspace)
    outside = {"make_engine": lambda _: engine, "make_watch": lambda *_: watch, **tools}
    app = app_for(
        practice,
        Catalog(lang),
        lang_chosen=lang_chosen,
        tools=Tools(environ=environ or {}, **outside),
        notes=notes,
    )

    async def perform() -> None:
        try:
            async with app.run_test(size=size, notifications=True) as pilot:
                await pilot.pause()
                await scenario(Stage(app, pilot, engine, watch, practice))
        finally:
            app.stop_threads()

    asyncio.run(perform())
