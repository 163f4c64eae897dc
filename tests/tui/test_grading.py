"""Grading as it goes on: saves, cancellation, late events, faults, and what is recorded."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from grader.errors import WorkerFault
from grader.model import Status
from grader.progress import Standing
from tests.tui.stage import PATIENCE_S, ScriptedEngine, ScriptedWatch, Stage, all_pass, check, one_fails, verdict
from tui.messages import NotRecorded, Saved
from tui.text_pane import Tab

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from grader.model import GradeOptions, GradeRequest
    from grader.workspace import Workspace
    from tests.tui.conftest import Perform
    from tests.tui.stage import Step

NAME = "ex01_first_steps.py"


def test_checks_appear_one_by_one(perform: Perform) -> None:
    """A check is on the screen as soon as it ends, while the others still run."""
    gate = threading.Event()

    def slow(request: GradeRequest, options: GradeOptions) -> Sequence[Step]:
        checks = [check("test_one"), check("test_two")]
        return [checks[0], gate, checks[1], verdict(request, options, checks)]

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.until(lambda: "Title of test_one" in stage.text())
        assert "… running" in stage.text()
        assert "Title of test_two" not in stage.text()
        assert stage.note == "Grading ex1… Esc cancels"
        gate.set()
        await stage.graded()
        assert "Title of test_two" in stage.text()
        assert "running" not in stage.text()

    perform(scenario, script=slow)


def test_keys_answer_while_grading(perform: Perform) -> None:
    """The list, the panes, the hints and the help do as they are told although a grading never ends."""

    async def scenario(stage: Stage) -> None:
        app, main = stage.app, stage.app.main
        await stage.press("g")
        await stage.until(lambda: app.grading)
        answers: list[tuple[str, Callable[[], bool]]] = [
            ("down", lambda: app.desk.current.id == "ex2"),
            ("2", lambda: main.pane == "text"),
            ("h", lambda: app.text_pane.tab is Tab.HINTS),
            ("question_mark", lambda: app.screen is not main),
            ("escape", lambda: app.screen is main),
            ("1", lambda: main.pane == "list"),
            ("up", lambda: app.desk.current.id == "ex1"),
        ]
        for key, answered in answers:
            await stage.press(key)
            await stage.until(answered)
            assert app.grading

    perform(scenario, script=lambda *_: [threading.Event()])


def test_a_cancelled_series_offers_no_cancel_any_more(perform: Perform, workspace: Workspace) -> None:
    """After Esc the line of keys is that of a program at rest, also where another exercise was being graded."""
    (workspace.root / "ex03_third_time.py").write_text("mine = 1\n", encoding="utf-8")

    async def scenario(stage: Stage) -> None:
        await stage.press("c")
        await stage.until(lambda: "esc cancel" in stage.lines()[-1])
        await stage.press("escape")
        assert not stage.app.grading
        assert "cancel" not in stage.lines()[-1]

    perform(scenario, script=lambda *_: [threading.Event()])


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Too much was printed.\nmore", "failed: Too much was printed — save"),
        ("Did it print?", "failed: Did it print? — save"),
        ("It printed ...", "failed: It printed ... — save"),
    ],
)
def test_a_reason_goes_on_without_its_full_stop(perform: Perform, message: str, said: str) -> None:
    """The line that leads on is one sentence."""

    def fails(request: GradeRequest, options: GradeOptions) -> Sequence[Step]:
        return [verdict(request, options, [check("test_one", Status.FAILED, message=message)])]

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.graded()
        assert stage.note.startswith(said)

    perform(scenario, script=fails)


def test_escape_cancels_at_once_and_names_the_key_that_grades_again(perform: Perform) -> None:
    """Esc ends the grading with that very key; g grades again."""

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.until(lambda: len(stage.engine.gradings) == 1)
        await stage.press("escape")
        assert stage.engine.gradings[0].cancelled.is_set()
        assert stage.note == "Cancelled. g grades again"
        assert "Cancelled: there is no verdict. g grades again." in stage.text()
        stage.engine.script = all_pass
        await stage.press("g")
        await stage.graded()
        assert "1/3" in stage.lines()[0]

    perform(scenario, script=lambda *_: [threading.Event()])


def test_events_of_an_old_grading_never_reach_the_screen(perform: Perform) -> None:
    """Checks and a verdict that an engine still sends for a cancelled grading are dropped."""

    class Stubborn(ScriptedEngine):
        """An engine whose first grading does not care that it was cancelled."""

        def grade(self, request: GradeRequest, *, options: GradeOptions, plot: bool = False):  # noqa: ANN202
            grading = super().grade(request, options=options, plot=plot)
            if len(self.gradings) == 1:
                grading.cancelled = NeverSet()
            return grading

    class NeverSet(threading.Event):
        """An event that nobody can set."""

        def set(self) -> None:
            """Do nothing."""

    gate = threading.Event()

    def script(request: GradeRequest, options: GradeOptions) -> Sequence[Step]:
        if len(engine.asked) == 1:
            old = [check("test_old", Status.FAILED)]
            return [gate, *old, verdict(request, options, old)]
        return all_pass(request, options)

    engine = Stubborn(script)

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.until(lambda: len(engine.gradings) == 1)
        await stage.press("g")
        gate.set()
        await stage.graded()
        assert "test_old" not in stage.text()
        assert "Checks 2/2" in stage.text()
        await stage.until(lambda: stage.practice.summary()["ex1"].attempts == 1)

    perform(scenario, engine=engine)


def test_a_save_grades_and_identical_content_does_not(perform: Perform) -> None:
    """New content is graded on save; the same content told of again is not."""

    async def scenario(stage: Stage) -> None:
        stage.save(NAME, "a = 1\n")
        await stage.until(lambda: len(stage.engine.asked) == 1)
        await stage.graded()
        stage.save(NAME, "a = 1\n")
        stage.save(NAME, "a = 2\n")
        await stage.until(lambda: len(stage.engine.asked) == 2)
        await stage.graded()
        assert stage.engine.asked[0][1].seed != stage.engine.asked[1][1].seed
        await stage.until(lambda: stage.practice.summary()["ex1"].attempts == 2)

    perform(scenario)


def test_a_save_cancels_the_grading_under_way(perform: Perform) -> None:
    """Saving while a loop runs ends that grading and starts another."""

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.until(lambda: len(stage.engine.gradings) == 1)
        stage.engine.script = all_pass
        stage.save(NAME, "a = 1\n")
        await stage.until(lambda: len(stage.engine.gradings) == 2)
        assert stage.engine.gradings[0].cancelled.is_set()
        await stage.graded()
        assert "1/3" in stage.lines()[0]

    perform(scenario, script=lambda *_: [threading.Event()])


def test_saving_another_exercise_is_told_of_and_not_graded(perform: Perform) -> None:
    """A save of a file that is not open names the exercise to open."""

    async def scenario(stage: Stage) -> None:
        stage.save("ex02_second_wind.py", "a = 1\n")
        await stage.until(lambda: "ex02_second_wind.py was saved" in stage.note)
        assert not stage.engine.asked

    perform(scenario)


def test_how_saves_are_watched_is_visible(perform: Perform) -> None:
    """The first line names the watched file, and says where polling is needed."""

    async def scenario(stage: Stage) -> None:
        await stage.until(lambda: "watching ex01_first_steps.py (polling)" in stage.lines()[0])
        await stage.press("down")
        assert "watching ex02_second_wind.py (polling)" in stage.lines()[0]

    perform(scenario, watch=ScriptedWatch("polling"))


def test_without_a_watch_grading_by_key_still_works(perform: Perform) -> None:
    """Where saves cannot be watched, the program says why, and that g grades."""

    def broken(*_: object) -> ScriptedWatch:
        message = "no inotify here"
        raise OSError(message)

    async def scenario(stage: Stage) -> None:
        await stage.until(lambda: "Saves are not watched" in stage.note)
        assert "no inotify here" in stage.note
        assert "not watching: g grades" in stage.lines()[0]
        await stage.press("g")
        await stage.graded()
        assert "✗ failed" in stage.text()

    perform(scenario, make_watch=broken)


def test_a_fault_of_the_grader_is_no_failed_check_and_names_the_key(perform: Perform) -> None:
    """A dead engine costs nobody an attempt: its error is shown in full, and g tries again."""

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.until(lambda: "g tries again" in stage.note)
        assert "The process that starts workers is gone (killed)" in stage.note
        assert "g grades again" in stage.text()
        assert stage.practice.summary() == {}
        stage.engine.script = all_pass
        await stage.press("g")
        await stage.graded()
        assert "1/3" in stage.lines()[0]

    perform(scenario, script=lambda *_: [WorkerFault("fault.nursery_gone", error="killed")])


def test_an_engine_that_cannot_be_made_is_tried_again(perform: Perform) -> None:
    """If the engine cannot be made, grading says so, and the next grading tries anew."""
    engines: list[ScriptedEngine] = []

    def make(_: object) -> ScriptedEngine:
        if len(engines) < 2:
            engines.append(ScriptedEngine(all_pass))
            message = "fork: Cannot allocate memory"
            raise OSError(message)
        return ScriptedEngine(all_pass)

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.until(lambda: "Cannot allocate memory" in stage.note)
        await stage.press("g")
        await stage.graded()
        assert "1/3" in stage.lines()[0]

    perform(scenario, make_engine=make)


def test_an_engine_that_ends_without_a_verdict_is_a_fault(perform: Perform) -> None:
    """An engine that just stops is told of as its own fault."""

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.until(lambda: "ended without a verdict" in stage.note)

    perform(scenario, script=lambda *_: [check("test_one")])


def test_while_torch_is_imported_the_screen_says_so(perform: Perform) -> None:
    """Grading before the engine is ready says what takes the moment; then it says that it grades."""
    gate = threading.Event()
    engine = ScriptedEngine(lambda *_: [gate])
    engine.ready = False

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        assert "Starting the grader: torch takes a moment" in stage.note
        engine.ready = True
        await stage.until(lambda: "Grading ex1" in stage.note)

    perform(scenario, engine=engine)


def test_a_record_that_cannot_be_written_does_not_hide_the_verdict(perform: Perform, workspace: Workspace) -> None:
    """Where progress cannot be kept, the verdict stands on the screen and the reason below it."""
    workspace.progress_path.mkdir()

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.graded()
        await stage.until(lambda: "this was not saved in your progress" in stage.note)
        assert "Checks 2/2" in stage.text()

    perform(scenario, script=all_pass)


def test_moving_on_while_grading_keeps_the_verdict_for_later(perform: Perform) -> None:
    """A verdict on an exercise that is not open any more is told of, and stands there on return."""
    gate = threading.Event()

    async def scenario(stage: Stage) -> None:
        await stage.press("g", "down")
        assert "Title of test_one" not in stage.text()
        gate.set()
        await stage.graded()
        assert stage.note == "ex1: failed. Choose it in the list to read more"
        await stage.press("up")
        assert "Message of test_two" in stage.text()

    perform(scenario, script=lambda request, options: [gate, *one_fails(request, options)])


def test_the_solution_opens_for_good(perform: Perform) -> None:
    """A failed attempt after a pass leaves the exercise passed."""

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.graded()
        stage.engine.script = one_fails
        await stage.press("g")
        await stage.graded()
        assert stage.app.desk.standing(stage.app.desk.current) is Standing.PASSED
        assert "✗ failed" in stage.text()

    perform(scenario, script=all_pass)


@pytest.mark.parametrize("name", ["g", "c"])
def test_quitting_while_grading_ends_everything(perform: Perform, workspace: Workspace, name: str) -> None:
    """Key q in the middle of a grading cancels it, closes the engine and ends all threads."""
    (workspace.root / NAME).write_text("a = 1\n", encoding="utf-8")
    engine = ScriptedEngine(lambda *_: [threading.Event()])

    async def scenario(stage: Stage) -> None:
        await stage.press(name)
        await stage.until(lambda: len(engine.gradings) == 1)
        await stage.press("q")

    perform(scenario, engine=engine)
    for thread in threading.enumerate():
        if thread.name in {"grading", "saves", "recording"}:
            thread.join(PATIENCE_S)
            assert not thread.is_alive()
    assert engine.closed
    assert engine.gradings[0].cancelled.is_set()


def test_nothing_is_written_while_idle(perform: Perform, workspace: Workspace) -> None:
    """A program that nobody touches writes nothing into the workspace."""

    def state() -> list[tuple[Path, int]]:
        return sorted((path, path.stat().st_mtime_ns) for path in workspace.root.rglob("*"))

    async def scenario(stage: Stage) -> None:
        await stage.pilot.pause(0.6)
        before = state()
        await stage.pilot.pause(1.0)
        assert state() == before

    perform(scenario)


def test_what_threads_say_at_the_very_end_harms_nothing(perform: Perform) -> None:
    """Messages that arrive when the panes have gone already are dropped."""

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        stage.app.exit(0)
        for _ in range(50):
            stage.app.post_message(NotRecorded(WorkerFault("fault.nursery_gone", error="late")))
            stage.app.post_message(Saved(frozenset({stage.app.desk.file})))

    perform(scenario, script=lambda *_: [threading.Event()])
