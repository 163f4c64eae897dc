"""What keys, saves and verdicts do in `grader watch`, with stand-ins for all that is slow."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING

import pytest

from grader.cli.app import App
from grader.cli.keys import Key
from grader.cli.rows import bare
from grader.cli.screen import columns_of
from grader.cli.watch_runs import Inbox, SavesThread, Trouble
from grader.cli.watch_session import WatchSession
from grader.errors import UsageError, WorkerFault, WorkspaceError
from grader.model import LANGS, Lang
from grader.practice import Practice
from grader.workspace import create_workspace
from tests.cli.watch_parts import FakeDisplay, FakeEngine, FakeSaves, does_not_see, sees

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.watch_parts import Step

RIGHT, WRONG = "right = 1\n", "nothing = 1\n"
WRONG_SEEN = sees("Mistake: The sign is wrong", "failed  5 of 10 points, at ")
RIGHT_SEEN = sees("passed  10 of 10 points, at ")


class Scene:
    """A session on the small course with all its stand-ins."""

    def __init__(self, course: Path, folder: Path, environ: dict[str, str], display: FakeDisplay) -> None:
        self.app = App(environ)
        self.app.course_option = course
        self.app.here = folder.parent
        self.practice = Practice(self.app.course, create_workspace(folder, self.app.course).workspace)
        self.display = display
        self.engine = FakeEngine()
        self.saves = FakeSaves()
        self.inbox = Inbox(display.wake)
        self.exercises = self.app.course.exercises
        self.session: WatchSession | None = None

    def file(self, number: int) -> Path:
        """Return the file of exercise `number`."""
        return self.practice.file(self.exercises[number - 1])

    def write(self, number: int, text: str) -> None:
        """Write it before anybody watches."""
        self.file(number).write_text(text, encoding="utf-8")

    def save(self, number: int, text: str) -> Callable[[FakeDisplay], None]:
        """Return a step that saves it."""
        return self.saves.save(self.file(number), text)

    def run(self, *steps: Step, start: int = 1) -> int:
        """Watch exercise `start` and do `steps`, then press q."""
        self.display.steps = [*steps]
        saves = SavesThread(self.saves, self.inbox)
        try:
            self.session = WatchSession(
                self.app,
                self.practice,
                self.exercises[start - 1],
                display=self.display,
                engine=self.engine,
                saves=self.saves,
                inbox=self.inbox,
            )
            return self.session.run()
        finally:
            saves.close()

    def attempts(self, number: int) -> int:
        """Return how many attempts at an exercise were recorded."""
        done = self.practice.summary().get(f"ex{number}")
        return 0 if done is None else done.attempts


@pytest.fixture
def display() -> FakeDisplay:
    """Return a terminal of a good size."""
    return FakeDisplay()


@pytest.fixture
def environ() -> dict[str, str]:
    """Return the environment, without a language but English and with an editor that appends a line."""
    script = "import sys; open(sys.argv[1], 'a').write('edited = 1')"
    return {"GRADER_LANG": "en", "EDITOR": f'"{sys.executable}" -c "{script}"'}


@pytest.fixture
def scene(course_root: Path, tmp_path: Path, environ: dict[str, str], display: FakeDisplay) -> Scene:
    """Return a scene that has not begun."""
    return Scene(course_root, tmp_path / "practice", environ, display)


def test_untouched_exercise(scene: Scene) -> None:
    """Where nothing was written the task is shown, and a look at it is no attempt."""
    assert scene.run(sees("# Task of ex01_first_steps", "failed  5 of 10"), does_not_see("Mistake")) == 0
    assert scene.attempts(1) == 0
    assert scene.practice.settings()["exercise"] == "ex1"


def test_first_verdict(scene: Scene) -> None:
    """A file with something in it is graded at once, shown and recorded."""
    scene.write(1, WRONG)
    scene.run(WRONG_SEEN, does_not_see("# Task"))
    assert scene.attempts(1) == 1


def test_what_is_always_visible(scene: Scene) -> None:
    """Progress, exercise, file, how saves are seen, and the keys stand on every page."""
    always = sees("ex1 first_steps", "0/3", "0%", "ex01_first_steps.py", "watched by events", "? keys  q quit")
    scene.write(1, WRONG)
    scene.run(WRONG_SEEN, always, "t", always, "l", always, "?", always)


def test_polling_is_visible(scene: Scene) -> None:
    """Which way of watching is in use is shown, also when it changes."""
    scene.saves.method = "polling"
    scene.run(sees("watched by polling"))


def test_loading(scene: Scene) -> None:
    """While torch is being loaded that is said."""
    scene.engine.ready = False
    scene.write(1, "loop = 1\n")
    scene.run(sees("Loading torch", "The first verdict is on its way"))


def test_save_grades_again(scene: Scene) -> None:
    """New content brings a new verdict, in place of the task too."""
    scene.run(sees("# Task", "at "), scene.save(1, WRONG), WRONG_SEEN, scene.save(1, RIGHT), RIGHT_SEEN)
    assert scene.attempts(1) == 2
    assert [text for _, _, text in scene.engine.asked][1:] == [WRONG, RIGHT]


def test_every_grading_has_new_numbers(scene: Scene) -> None:
    """No two gradings use the same seed."""
    scene.write(1, WRONG)
    scene.run(WRONG_SEEN, "g", lambda _: scene.attempts(1) == 2, "g", lambda _: scene.attempts(1) == 3)
    assert len({options.seed for _, options, _ in scene.engine.asked}) == 3


def test_save_during_a_grading(scene: Scene) -> None:
    """A save cancels the grading under way, and only the newest content gets a verdict."""
    scene.write(1, "loop = 1\n")
    scene.run(sees("The first", "checks done: 1"), scene.save(1, RIGHT), RIGHT_SEEN)
    assert scene.engine.cancelled >= 1
    assert scene.attempts(1) == 1


def test_checks_appear_as_they_end(scene: Scene) -> None:
    """While a check takes long, those that have ended stand there already."""
    scene.write(1, "slow right = 1\n")
    scene.run(
        sees("passed       The first", "Still grading"),
        does_not_see("The second"),
        lambda _: scene.engine.go_on.set(),
        RIGHT_SEEN,
        sees("The second"),
    )


def test_sudden_verdict_replaces_the_last_at_once(scene: Scene) -> None:
    """A verdict that comes at once leaves no frame without a verdict between."""
    scene.write(1, WRONG)
    scene.run(WRONG_SEEN, lambda display: display.frames.clear(), "g", lambda _: scene.attempts(1) == 2)
    assert all(any("Mistake" in row for row in rows) for rows in scene.display.frames)


def test_cancelling(scene: Scene) -> None:
    """The escape key cancels a grading, and g begins another."""
    scene.write(1, "loop = 1\n")
    scene.run(sees("checks done: 1"), Key.ESCAPE, sees("The grading was cancelled"), "g", sees("checks done: 1"))
    assert len(scene.engine.asked) == 2


def test_next_only_when_passed(scene: Scene) -> None:
    """Key n says what is missing; it never moves on by itself, and after a pass it does."""
    scene.write(1, WRONG)
    scene.run(
        WRONG_SEEN,
        "n",
        sees("ex1 is not passed yet", "N skips"),
        scene.save(1, RIGHT),
        sees("Passed! n goes on to ex2 second_wind", "1/3", "33%"),
        "n",
        sees("ex2 second_wind", "# Task of ex02_second_wind"),
    )
    assert scene.practice.settings()["exercise"] == "ex2"


def test_skipping(scene: Scene) -> None:
    """N leaves an exercise for later, p goes back, and the ends of the course are said."""
    scene.run(
        "p", sees("This is the first exercise"), "N", sees("ex2 second"), "N", sees("ex3 third"), "p", sees("ex2")
    )


def test_next_skips_what_is_passed(scene: Scene) -> None:
    """Key n goes to the next exercise that is not passed, from the end on to the first."""
    scene.write(2, RIGHT)
    scene.write(3, RIGHT)
    scene.run(RIGHT_SEEN, "p", sees("ex2"), RIGHT_SEEN, "n", sees("ex1 first_steps"), "N", sees("the only"), start=3)


def test_all_passed(scene: Scene) -> None:
    """After the last pass there is nowhere to go, and that is said."""
    for number in (1, 2, 3):
        scene.write(number, RIGHT)
    scene.run(RIGHT_SEEN, "n", sees("ex2"), RIGHT_SEEN, "n", sees("ex3"), RIGHT_SEEN, "n", sees("All exercises", "3/3"))


def test_once_passed_is_passed(scene: Scene) -> None:
    """An exercise that was passed before lets n go on although it fails now."""
    scene.write(1, RIGHT)
    scene.run(RIGHT_SEEN, scene.save(1, WRONG), WRONG_SEEN, sees("1/3", "n next"), "n", sees("ex2 second_wind"))


def test_hints_stay_open(scene: Scene) -> None:
    """Each h opens one more hint below the report; they stay through gradings and restarts."""
    scene.write(1, WRONG)
    scene.run(
        WRONG_SEEN,
        "h",
        sees("Hint 1 of 3", "nudge 1", "From article 002, question 5"),
        does_not_see("nudge 2"),
        "h",
        sees("nudge 1", "nudge 2"),
        scene.save(1, RIGHT),
        RIGHT_SEEN,
        sees("nudge 1", "nudge 2"),
    )
    assert scene.practice.hints_taken(scene.exercises[0]) == 2
    scene.saves = FakeSaves()
    scene.run(RIGHT_SEEN, sees("nudge 1", "nudge 2"), "h", "h", sees("All 3 hints are taken"))
    assert scene.practice.hints_taken(scene.exercises[0]) == 3


def test_new_hint_is_in_view(course_root: Path, tmp_path: Path, environ: dict[str, str]) -> None:
    """On a small screen the screen goes to the hint that was asked for, and a verdict back to the top."""
    scene = Scene(course_root, tmp_path / "practice", environ, FakeDisplay(40, 12))
    scene.write(1, WRONG)
    at_top = sees("Mistake: The sign")
    scene.run(at_top, "h", sees("nudge 1"), "h", "h", sees("nudge 3"), scene.save(1, "more = 1\n"), at_top)


def test_task(scene: Scene) -> None:
    """Key t opens the task, and closes it."""
    scene.write(1, WRONG)
    scene.run(WRONG_SEEN, "t", sees("# Task of ex01"), does_not_see("Mistake"), "t", WRONG_SEEN)


def test_save_while_reading(scene: Scene) -> None:
    """A save brings the report, whatever was being read."""
    scene.write(1, WRONG)
    scene.run(WRONG_SEEN, "t", scene.save(1, RIGHT), RIGHT_SEEN, sees("Passed!"), does_not_see("# Task"))


def test_list(scene: Scene) -> None:
    """Key l lists the exercises, the arrows choose one and enter opens it."""
    scene.write(1, RIGHT)
    scene.run(
        RIGHT_SEEN,
        "l",
        sees("Chapter 1. Beginnings", "> passed", "Title of ex03_third_time"),
        Key.DOWN,
        "j",
        "j",
        sees("> not tried  ex3"),
        "k",
        sees("> not tried  ex2"),
        Key.END,
        Key.ENTER,
        sees("ex3 third_time", "# Task of ex03"),
    )


def test_diff(scene: Scene) -> None:
    """Key d opens after a pass alone."""
    scene.write(1, WRONG)
    scene.run(
        WRONG_SEEN,
        "d",
        sees("opens once you have passed"),
        scene.save(1, RIGHT),
        RIGHT_SEEN,
        "d",
        sees("-right = 1", '+"""The reference of ex01_first_steps."""'),
        Key.ESCAPE,
        sees("Passed!"),
    )


def test_language(scene: Scene) -> None:
    """L says everything in the other language: the same numbers, and no attempt more."""
    scene.write(1, WRONG)
    scene.run(
        WRONG_SEEN,
        "h",
        "L",
        sees("错误：符号反了", "第二项", "提示 1/3", "监视方式：事件", "q 退出"),
        does_not_see("Mistake", "nudge"),
        "t",
        sees("ex01_first_steps 的题目"),
        "L",
        sees("# Task of"),
    )
    assert len({options.seed for _, options, _ in scene.engine.asked}) == 1
    assert [options.lang for _, options, _ in scene.engine.asked] == ["en", "zh", "en"]
    assert scene.attempts(1) == 1


def test_language_during_a_grading(scene: Scene) -> None:
    """A grading that the switch interrupts is begun again, and counts once."""
    scene.write(1, "slow right = 1\n")
    scene.run(
        sees("checks done: 1"), "L", sees("已完成 1 项检查"), lambda _: scene.engine.go_on.set(), sees("得分 10/10")
    )
    assert scene.attempts(1) == 1


def test_keys(scene: Scene) -> None:
    """? explains every key."""
    steps = [sees(f"  {key:<5}  ") for key in [*"nNphtegdlLjkb?q", "space", "enter", "esc"]]
    scene.run("?", *steps)


@pytest.mark.parametrize("lang", LANGS)
def test_every_page_in_every_language(scene: Scene, lang: Lang) -> None:
    """No page lacks a text in either language."""
    scene.app.lang_option = lang
    scene.write(1, RIGHT)
    assert scene.run(sees("10"), "l", "?", "t", "h", "h", "h", "h", "d", "n", "p", "N", "N", "N", "L", "L") == 0


def test_editor(scene: Scene) -> None:
    """Key e gives the terminal to the editor and takes it back; no key counts meanwhile."""
    scene.write(1, WRONG)

    def back(display: FakeDisplay) -> bool:
        return display.away == 0 and "edited" in scene.file(1).read_text(encoding="utf-8")

    def away(display: FakeDisplay) -> None:
        assert display.away == 1

    assert scene.run(WRONG_SEEN, "e", away, "q", back, WRONG_SEEN, "t", sees("# Task")) == 0


def test_no_editor(scene: Scene, environ: dict[str, str]) -> None:
    """An editor that cannot be started is told, and the screen stays."""
    environ["EDITOR"] = "/no/such/editor"
    scene.run("e", sees('The editor "/no/such/editor" cannot be started: it does not exist'))
    assert scene.display.away == 0


def test_another_file_is_saved(scene: Scene) -> None:
    """Whoever saves the file of another exercise learns why nothing happens."""
    scene.write(1, WRONG)
    scene.run(WRONG_SEEN, scene.save(2, RIGHT), sees("ex02_second_wind.py was saved, but ex1 is being watched"))
    assert len(scene.engine.asked) == 1


def test_missing_file(scene: Scene) -> None:
    """A file that is gone is said with the way to get it back, and its return is graded."""
    scene.file(1).unlink()
    scene.run(sees('"grader reset ex1" puts the stub back', "not graded"), scene.save(1, RIGHT), RIGHT_SEEN)


def test_folder_in_place_of_the_file(scene: Scene) -> None:
    """What is no file is said."""
    scene.file(1).unlink()
    scene.file(1).mkdir()
    scene.run(sees("is a folder. Name the .py file"))


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (WorkerFault("fault.warm_gone", error="boom"), "is gone (boom). Nothing was held against your code"),
        (UsageError("target.special", path="x"), "x is not an ordinary file"),
        (ValueError("odd"), "The grader itself failed (ValueError: odd)"),
    ],
)
def test_fault_of_the_grader(scene: Scene, fault: Exception, said: str) -> None:
    """A fault is said and costs nothing but this verdict."""
    scene.engine.fault = fault
    scene.write(1, "fault = 1\n")
    scene.run(sees(said, "not graded"), scene.save(1, RIGHT), RIGHT_SEEN)
    assert scene.attempts(1) == 1


def test_engine_that_cannot_start(scene: Scene) -> None:
    """An engine that refuses to begin is said, too."""

    class Broken(FakeEngine):
        def grade(self, *_: object, **__: object) -> None:  # type: ignore[override]
            raise WorkerFault("fault.cannot_spawn", error="no memory")

    scene.engine = Broken()
    scene.run("t", "t", "?", "?", sees("No worker could be started (no memory)"), start=1)


def test_hostile_output(scene: Scene) -> None:
    """What the learner's code prints can neither move the cursor nor be taken for ours."""
    scene.write(1, "hostile = 1\n")
    scene.run(WRONG_SEEN, sees("| [red]"))
    assert all("\x1b]" not in row and "\x1b[2J" not in row for rows in scene.display.frames for row in rows)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals(scene: Scene, number: signal.Signals) -> None:
    """A signal ends the session with the status that says which, and ends the grading."""
    scene.write(1, "loop = 1\n")
    scene.display.ending = number
    assert scene.run(sees("checks done: 1")) == 128 + number
    assert scene.engine.cancelled == 1


@pytest.mark.parametrize("key", ["q", Key.END_OF_INPUT])
def test_quitting(scene: Scene, key: str) -> None:
    """Keys q and Ctrl-D quit, also during a grading, and the last report stays on the terminal."""
    scene.write(1, WRONG)
    assert scene.run(WRONG_SEEN, scene.save(1, "loop = 1\n"), sees("Grading"), key) == 0
    assert scene.session is not None
    farewell = scene.session.farewell()
    assert "Mistake: The sign is wrong" in farewell
    assert farewell.endswith("0 of 3 exercises passed. Go on with: grader watch")


def test_what_stays_is_broken_between_words(scene: Scene) -> None:
    """On a narrow terminal the last report is wrapped; the command in it, which is copied, is left whole."""
    scene.write(1, WRONG)
    scene.run(WRONG_SEEN)
    scene.display.size = os.terminal_size((24, 24))
    assert scene.session is not None
    rows = scene.session.farewell().split("\n")
    assert [row for row in rows if columns_of(bare(row)) > 24 and "grader check" not in row] == []
    assert any("grader check ex1 --seed" in row for row in rows)


def test_replay_names_the_course(scene: Scene, course_root: Path) -> None:
    """The command that repeats a report is complete."""
    scene.write(1, WRONG)
    scene.run(WRONG_SEEN, sees("grader check ex1 --seed "))
    assert scene.session is not None
    assert f"--course {course_root}" in scene.session.farewell()


def test_idle(scene: Scene) -> None:
    """While nothing is graded nothing wakes the session, and nothing is drawn."""
    scene.write(1, WRONG)
    scene.run(WRONG_SEEN, lambda display: display.waits.clear(), lambda _: None)
    assert scene.display.waits == [None, None]


def test_record_that_cannot_be_written(scene: Scene) -> None:
    """A verdict and a hint are shown although they cannot be recorded, and that is said."""
    scene.write(1, RIGHT)
    scene.practice.workspace.progress_path.mkdir()
    said = sees("this was not saved in your progress")
    scene.run(said, sees("Passed!"), "h", sees("nudge 1"), said, "n", sees("ex2"))


def test_damaged_record(scene: Scene) -> None:
    """What happens beside the screen is told on it."""
    error = WorkspaceError("progress.damaged", path=scene.file(1))
    scene.run(lambda _: scene.inbox.post(Trouble(error)), sees("the record of your progress was damaged"))


def test_saves_that_cannot_be_watched(scene: Scene) -> None:
    """If saves are no longer noticed that is said, and g still grades."""

    class Blind(FakeSaves):
        def __iter__(self) -> None:  # type: ignore[override]
            raise OSError("no such folder")

    scene.saves = Blind()
    scene.write(1, WRONG)
    scene.run(sees("Saves are no longer noticed", "Press g to grade"), "g", lambda _: scene.attempts(1) == 2)


def test_scrolling(course_root: Path, tmp_path: Path, environ: dict[str, str]) -> None:
    """What does not fit is announced, and every way of scrolling stops at the ends."""
    scene = Scene(course_root, tmp_path / "practice", environ, FakeDisplay(60, 12))
    scene.write(1, WRONG)
    top, end = sees("Mistake: The sign", "more below"), sees("grader hint ex1")
    scene.run(
        top, " ", " ", " ", " ", end, "b", "b", "b", "b", top, Key.END, end, Key.HOME, top, *"jjjjjjjjjjjj", end, "j"
    )


def test_farewell_without_a_verdict(scene: Scene) -> None:
    """Whoever quits before the first verdict still learns how to go on."""
    scene.write(1, "loop = 1\n")
    scene.run(sees("checks done: 1"))
    assert scene.session is not None
    assert scene.session.farewell() == "0 of 3 exercises passed. Go on with: grader watch"


def test_screen_is_drawn_anew(scene: Scene) -> None:
    """Ctrl-L repairs a screen on which another program has written."""
    taken: list[int] = []

    class Counting(FakeDisplay):
        def resume(self) -> None:
            taken.append(self.away)
            super().resume()

    scene.display = Counting()
    scene.run(Key.REDRAW, sees("# Task"))
    assert taken == [1]


def test_terminal_goes_away_under_an_editor(scene: Scene, environ: dict[str, str]) -> None:
    """An editor does not outlive the terminal that it was given."""
    environ["EDITOR"] = f'"{sys.executable}" -c "import time; time.sleep(60)"'
    scene.display.ending = signal.SIGHUP
    start = time.monotonic()
    assert scene.run("e") == 129
    assert time.monotonic() - start < 30


def test_task_that_cannot_be_read(scene: Scene) -> None:
    """A page that cannot be read says why, and the session goes on."""
    task = scene.exercises[0].task("en")
    task.unlink()
    task.mkdir()
    scene.run(sees("Cannot read course/exercises/ex01_first_steps/task.en.md: it is a folder"), "t", sees("failed"))


def test_unbroken_wait_after_a_cancel(scene: Scene) -> None:
    """With no verdict to show, a cancelled first grading says how to begin another."""
    scene.write(1, "loop = 1\n")
    scene.run(sees("checks done: 1"), Key.ESCAPE, sees("cancelled"), "t", "t", sees("g grades again"))
