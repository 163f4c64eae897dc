"""The program as a learner meets it: what is there at the start, and what each key does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.model import Status
from tests.tui.stage import Stage, all_pass, check, one_fails, plot, require_whole, verdict
from tui.keys import key_name, text_name
from tui.text_pane import Tab

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from grader.model import Course, GradeOptions, GradeRequest, Lang, Plot
    from grader.workspace import Workspace
    from tests.tui.conftest import Perform
    from tests.tui.stage import Step


def with_plot(request: GradeRequest, options: GradeOptions) -> Sequence[Step]:
    """Fail, and draw a plot."""
    return [*one_fails(request, options), plot()]


def test_the_first_screen_shows_list_task_checks_and_keys(perform: Perform) -> None:
    """At the start all panes are filled, and every row is exactly as wide as the terminal."""

    async def scenario(stage: Stage) -> None:
        for text in ("0/3", "ex1 first_steps", "not tried", "Task of ex01_first_steps", "Not graded yet", "g grade"):
            assert text in stage.text()
        require_whole(stage.lines(), 120, 40)

    perform(scenario)


def test_grading_shows_each_check_and_the_named_mistake(perform: Perform) -> None:
    """After g the checks stand there with symbol and word, and the mistake leads the message and the summary."""

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.graded()
        for text in ("✓ passed", "✗ failed", "- skipped", "Checks 1/3", "Mistake: en: shapes broadcast"):
            assert text in stage.text()
        assert "Message of test_two" in stage.text()
        assert stage.note == "failed: en: shapes broadcast — save to grade again, h opens a hint"

    perform(scenario)


def test_a_pass_moves_the_count_and_names_the_next_keys(perform: Perform) -> None:
    """A pass is in the list and the count at once, n and s are named, and n opens the next exercise."""

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.graded()
        assert "1/3" in stage.lines()[0]
        assert "✓ ex1 first_steps" in stage.text()
        assert "n opens the next exercise, s compares with the reference" in stage.note
        await stage.press("n")
        assert stage.app.desk.current.id == "ex2"
        assert "Task of ex02_second_wind" in stage.text()

    perform(scenario, script=all_pass)


def test_arrows_and_letters_move_through_the_list(perform: Perform) -> None:
    """Down and j open the next exercise, up and k the one before, end and home the last and the first."""

    async def scenario(stage: Stage) -> None:
        opened = []
        for key in ("down", "j", "up", "k", "end", "home", "pagedown", "pageup"):
            await stage.press(key)
            opened.append(stage.app.desk.current.id)
        assert opened == ["ex2", "ex3", "ex2", "ex1", "ex3", "ex1", "ex3", "ex1"]
        await stage.press("enter")
        assert stage.app.main.pane == "text"

    perform(scenario)


def test_tab_and_numbers_reach_every_pane(perform: Perform) -> None:
    """Tab goes through list, text, checks, message and plot and round again; shift+tab back; 1 to 4 go straight."""

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.until(lambda: bool(stage.app.main.query("#plot")))
        await stage.press("1")
        visited = []
        for _ in range(5):
            await stage.press("tab")
            visited.append(stage.app.main.focused.id)
        assert visited == ["text", "rows", "message", "plot", "list"]
        await stage.press("shift+tab")
        assert stage.app.main.focused.id == "plot"
        for key, name in (("3", "rows"), ("2", "text"), ("4", "plot"), ("1", "list")):
            await stage.press(key)
            assert stage.app.main.focused.id == name

    perform(scenario, script=with_plot)


def test_the_text_pane_turns_through_task_hints_output_and_solution(perform: Perform) -> None:
    """Right, left and 2 turn to the next text, and o and s go straight to output and solution."""

    async def scenario(stage: Stage) -> None:
        pane = stage.app.text_pane
        tabs = []
        for key in ("2", "2", "right", "right", "right", "left", "o", "s"):
            await stage.press(key)
            tabs.append(pane.tab)
        assert tabs == ["task", "hints", "output", "solution", "task", "solution", "output", "solution"]

    perform(scenario)


def test_hints_open_one_at_a_time_with_their_source_and_are_kept(perform: Perform) -> None:
    """Each h opens one more hint and keeps the count; after the last it says so."""

    async def scenario(stage: Stage) -> None:
        await stage.press("h")
        assert "nudge 1" in stage.text()
        assert "nudge 2" not in stage.text()
        assert "From article 002, question 5." in stage.text()
        assert "Hints 1/3" in stage.text()
        await stage.press("h", "h", "h")
        assert "nudge 3" in stage.text()
        assert "All hints are open" in stage.note
        exercise = stage.app.desk.current
        await stage.until(lambda: stage.practice.hints_taken(exercise) == 3)

    perform(scenario)


def test_the_solution_is_locked_until_a_pass_and_then_shows_reference_and_difference(perform: Perform) -> None:
    """Before a pass s says which key leads on; after it, s shows the reference and s again the difference."""

    async def scenario(stage: Stage) -> None:
        await stage.press("s")
        assert "opens once you have passed" in stage.text()
        await stage.press("g")
        await stage.graded()
        assert "The reference of ex01_first_steps" in stage.text()
        await stage.press("s")
        assert "− ex01_first_steps.py" in stage.text()
        assert "+ reference" in stage.text()
        await stage.press("s")
        assert "compare with yours" in stage.text()

    perform(scenario, script=all_pass)


def test_output_of_the_learner_is_in_its_own_text(perform: Perform) -> None:
    """What the code printed stands under Output, once, with the check that printed it."""

    def prints(request: GradeRequest, options: GradeOptions) -> Sequence[Step]:
        checks = [check("test_one", output="hello from the file\n"), check("test_two", output="hello from the file\n")]
        return [*checks, verdict(request, options, checks)]

    async def scenario(stage: Stage) -> None:
        await stage.press("o")
        assert "appears here when it is graded" in stage.text()
        await stage.press("g")
        await stage.graded()
        assert stage.text().count("hello from the file") == 1
        assert "Printed in the check: Title of test_one" in stage.text()

    perform(scenario, script=prints)


def test_filters_show_passed_or_pending_and_say_when_empty(perform: Perform) -> None:
    """Keys d and p narrow the list, the title says so, an empty one names the key back, and the key again shows all."""

    async def scenario(stage: Stage) -> None:
        await stage.press("d")
        assert "Nothing is passed yet. d: all again" in stage.text()
        assert "Exercises · passed" in stage.text()
        await stage.press("d", "g")
        await stage.graded()
        await stage.press("p")
        assert "ex1 first_steps" not in stage.text()
        assert "ex2 second_wind" in stage.text()
        await stage.press("escape")
        assert "ex1 first_steps" in stage.text()

    perform(scenario, script=all_pass)


def test_search_finds_by_id_slug_and_title_in_either_language(perform: Perform) -> None:
    """Each letter narrows the list, enter opens what is found, and the list is whole again; Esc gives up."""

    async def scenario(stage: Stage) -> None:
        for query in ("ex3", "third time", "Title of ex03", "ex03_third_time 的标题"):
            await stage.press("home", "slash", *[f"{char}" if char.isalnum() else named(char) for char in query])
            assert "ex1 first_steps" not in stage.text()
            await stage.press("enter")
            assert stage.app.desk.current.id == "ex3"
            assert "ex1 first_steps" in stage.text()
            await stage.press("1", "home")
        await stage.press("slash", "q", "q")
        assert 'Nothing is called "qq". Esc: all' in stage.text()
        # A letter would only be found, not done: the keys are those of the search.
        assert stage.lines()[-1].split() == ["Enter", "open", "↑", "up", "↓", "down", "esc", "back"]
        assert "│ again " in stage.text()
        await stage.press("escape")
        assert "ex1 first_steps" in stage.text()
        assert not stage.app.main.query("#find")
        assert stage.lines()[-1].split()[:2] == ["g", "grade"]

    def named(char: str) -> str:
        return {" ": "space", "_": "underscore"}.get(char, char)

    perform(scenario)


def test_zoom_gives_one_pane_the_screen_and_gives_it_back(perform: Perform) -> None:
    """Key z shows the pane with the focus alone, tab then walks through all, and Esc or z ends it."""

    async def scenario(stage: Stage) -> None:
        await stage.press("2", "z")
        assert "Exercises" not in stage.text()
        await stage.press("3")
        assert "Not graded yet" in stage.text()
        assert "Task │" not in stage.text()
        await stage.press("escape")
        assert "1 Exercises" in stage.text()
        assert "Task │" in stage.text()

    perform(scenario)


def test_reset_asks_keeps_a_backup_and_says_where(perform: Perform, workspace: Workspace) -> None:
    """Key x asks; n changes nothing; y puts the stub back, and the path of the backup is shown."""
    file = workspace.root / "ex01_first_steps.py"

    async def scenario(stage: Stage) -> None:
        stub = file.read_text(encoding="utf-8")
        file.write_text("mine = 1\n", encoding="utf-8")
        await stage.press("x")
        assert "Put the stub back into ex01_first_steps.py?" in stage.text()
        await stage.press("n")
        assert file.read_text(encoding="utf-8") == "mine = 1\n"
        await stage.press("x", "y")
        assert file.read_text(encoding="utf-8") == stub
        backup = next(workspace.backups.iterdir())
        assert backup.read_text(encoding="utf-8") == "mine = 1\n"
        assert str(backup) in stage.note
        # The watch tells of the stub too; that is no save of the learner's, and the path stays on the screen.
        stage.watch.queue.put(frozenset({file}))
        stage.save("ex02_second_wind.py", "other = 1\n")
        await stage.until(lambda: "ex02_second_wind.py" in stage.note)
        assert not stage.engine.asked
        stage.save("ex01_first_steps.py", "mine = 1\n")
        await stage.until(lambda: len(stage.engine.asked) == 1)

    perform(scenario)


def test_a_missing_file_names_the_key_that_puts_it_back(perform: Perform, workspace: Workspace) -> None:
    """Grading a deleted file names x, and x without a file just puts the stub there."""
    file = workspace.root / "ex01_first_steps.py"

    async def scenario(stage: Stage) -> None:
        file.unlink()
        await stage.press("g")
        assert stage.note == "ex01_first_steps.py is missing. x puts the stub back"
        assert not stage.engine.asked
        await stage.press("x", "y")
        assert file.exists()
        assert "is the stub again" in stage.note

    perform(scenario)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (("1", "y"), "ex01_first_steps.py"),
        (("2", "y"), "ex01_first_steps.py"),
        (("h", "y"), "nudge 1"),
        (("g", "3", "y"), "Message of test_two"),
        (("o", "y"), "What your code prints"),
    ],
)
def test_copy_takes_what_is_in_view(perform: Perform, keys: tuple[str, ...], expected: str) -> None:
    """Key y copies the path, the hint, the output or the message, whichever the pane with the focus shows."""

    async def scenario(stage: Stage) -> None:
        for key in keys:
            await stage.press(key)
            await stage.graded()
        assert expected in stage.app.clipboard
        assert "copied" in stage.note

    perform(scenario)


def test_the_palette_finds_and_does_what_its_words_say(perform: Perform) -> None:
    """Ctrl+P lists every command; typing narrows, enter does it, and what has no key is there too."""

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.graded()
        await stage.press("ctrl+p", *"same numb".replace(" ", "|").replace("|", "")[:4])
        assert "copy the command" in stage.text()
        await stage.press("enter")
        seed = stage.engine.asked[0][1].seed
        assert stage.app.clipboard == f"grader check ex1 --seed {seed}"
        await stage.press("ctrl+p", "q", "q", "q")
        assert "No command has these words" in stage.text()
        await stage.press("enter", "ctrl+p", "escape")
        assert "All commands" not in stage.text()

    perform(scenario)


def test_themes_change_and_every_one_shows_the_screen(perform: Perform) -> None:
    """Key t goes through all themes and says which; each shows the same text."""

    async def scenario(stage: Stage) -> None:
        seen = set()
        before = stage.lines()[:-2]
        for _ in range(5):
            await stage.press("t")
            seen.add(stage.app.theme)
            assert stage.app.theme in stage.note
            assert stage.lines()[:-2] == before
        assert len(seen) == 5

    perform(scenario)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_help_lists_every_active_key_wherever_one_is(perform: Perform, lang: Lang) -> None:
    """In each pane ? lists all active bindings, each with words in the language."""

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.until(lambda: bool(stage.app.main.query("#plot")))
        for place in ("list", "text", "rows", "message", "plot"):
            pane = {"rows": "checks", "message": "checks"}.get(place, place)
            stage.app.main.go(pane, place)
            await stage.pilot.pause()
            active = stage.app.main.active_bindings
            await stage.press("question_mark")
            shown = stage.app.screen.query_one("ScrollText").plain_text
            lines = [line.split("  ")[0].split() for line in shown.splitlines()]
            names = {name for line in lines for name in line}
            for key, binding in active.items():
                assert key_name(key) in names
                assert stage.app.texts.say(f"tui.does.{text_name(binding.binding.action)}") in shown
            await stage.press("escape")

    perform(scenario, script=with_plot, lang=lang)


@pytest.mark.parametrize("key", ["question_mark", "ctrl+p", "x"])
def test_a_dialog_stands_on_plain_ground(perform: Perform, key: str) -> None:
    """Nothing of the panes is seen beneath a dialog: they would be drawn again with every key."""

    async def scenario(stage: Stage) -> None:
        assert "2 Task" in stage.text()
        await stage.press(key)
        await stage.until(lambda: stage.app.screen is not stage.app.main)
        await stage.pilot.pause()
        assert "2 Task" not in stage.text()
        await stage.press("escape")
        await stage.until(lambda: "2 Task" in stage.text())

    perform(scenario)


def test_the_plot_is_there_only_when_a_grading_brought_one(perform: Perform) -> None:
    """The fourth pane comes with a plot and goes with the exercise; without one, 4 does nothing."""

    async def scenario(stage: Stage) -> None:
        await stage.press("4")
        assert stage.app.main.pane == "list"
        await stage.press("g")
        await stage.until(lambda: "4 Plot" in stage.text())
        assert "The line" in stage.text()
        await stage.press("1", "down")
        await stage.until(lambda: "4 Plot" not in stage.text())
        await stage.press("up")
        await stage.until(lambda: "4 Plot" in stage.text())

    perform(scenario, script=with_plot)


def test_p_saves_the_picture_in_the_plot_and_filters_elsewhere(perform: Perform, workspace: Workspace) -> None:
    """With the focus on the plot p saves its picture into the workspace and says where."""
    asked: list[tuple[str, str]] = []

    def save(_: Plot, folder: Path, stem: str, lang: Lang) -> Path:
        asked.append((stem, lang))
        return folder / f"{stem}.png"

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.until(lambda: "4 Plot" in stage.text())
        await stage.press("4", "p")
        await stage.until(lambda: "The picture is saved as" in stage.note)
        assert str(workspace.root / "ex01_first_steps.png") in stage.note
        assert asked == [("ex01_first_steps", "en")]
        assert "Exercises · pending" not in stage.text()

    perform(scenario, script=with_plot, save_picture=save)


def test_a_picture_that_fails_is_told_of(perform: Perform) -> None:
    """Whatever the drawing raises, the program says so and goes on."""

    def save(*_: object) -> Path:
        message = "no fonts [/b] here"
        raise RuntimeError(message)

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.until(lambda: "4 Plot" in stage.text())
        await stage.press("4", "p")
        await stage.until(lambda: "The picture was not saved" in stage.note)
        assert "no fonts [/b] here" in stage.note

    perform(scenario, script=with_plot, save_picture=save)


def test_check_all_grades_what_was_begun_and_sums_up(perform: Perform, workspace: Workspace) -> None:
    """Key c grades the changed files one by one, tells how far it is, and says which are not passed."""

    def second_fails(request: GradeRequest, options: GradeOptions) -> Sequence[Step]:
        return (all_pass if request.exercise.id == "ex1" else one_fails)(request, options)

    async def scenario(stage: Stage) -> None:
        await stage.press("c")
        assert "No file was changed yet" in stage.note
        for name in ("ex01_first_steps.py", "ex03_third_time.py"):
            (workspace.root / name).write_text("mine = 1\n", encoding="utf-8")
        await stage.press("c")
        await stage.graded()
        # The open exercise keeps its picture.
        assert [(request.exercise.id, plot) for request, _, plot in stage.engine.asked] == [
            ("ex1", True),
            ("ex3", False),
        ]
        assert stage.note == "1 of 2 are passed, not yet: ex3. n opens the next unfinished exercise"
        assert stage.app.desk.passed == 1

    perform(scenario, script=second_fails)


def test_check_all_of_a_whole_course_says_so(perform: Perform, course: Course, workspace: Workspace) -> None:
    """Where nothing is left, no next exercise is promised."""

    async def scenario(stage: Stage) -> None:
        for exercise in course.exercises:
            (workspace.root / exercise.file_name).write_text("mine = 1\n", encoding="utf-8")
        await stage.press("c")
        await stage.graded()
        assert stage.note == "All 3 exercises are passed. Well done! s compares with the reference"

    perform(scenario, script=all_pass)


def test_when_all_is_passed_it_says_so(perform: Perform) -> None:
    """After the last pass, and on n, the program says that all is done."""

    async def scenario(stage: Stage) -> None:
        for _ in range(3):
            await stage.press("g")
            await stage.graded()
            await stage.press("n")
        assert "All 3 exercises are passed" in stage.note
        assert "3/3" in stage.lines()[0]
        await stage.press("p")
        assert "All is passed! p: all again" in stage.text()

    perform(scenario, script=all_pass)


def test_no_editor_says_what_to_set_and_where_the_file_is(perform: Perform) -> None:
    """Without $VISUAL and $EDITOR, e says what to set and names the file."""

    async def scenario(stage: Stage) -> None:
        await stage.press("e")
        assert "export EDITOR=nano" in stage.note
        assert "ex01_first_steps.py" in stage.note

    perform(scenario)


def test_where_an_editor_cannot_be_shown_the_file_is_named(perform: Perform) -> None:
    """In a place that cannot give its terminal away, e names the file to open elsewhere."""

    async def scenario(stage: Stage) -> None:
        await stage.press("e")
        assert "no terminal for an editor" in stage.note
        assert "ex01_first_steps.py" in stage.note

    perform(scenario, environ={"EDITOR": "nano"})


def test_quit_and_ctrl_c(perform: Perform) -> None:
    """Ctrl+C says how to quit, and q quits with status 0."""

    async def scenario(stage: Stage) -> None:
        await stage.press("ctrl+c")
        assert stage.note == "To quit, press q"
        await stage.press("q")
        assert stage.app.return_value == 0

    perform(scenario)


def test_a_click_chooses_a_row_a_text_and_a_key(perform: Perform) -> None:
    """The mouse opens an exercise in the list, turns to a text, and does what a key of the last line says."""

    async def scenario(stage: Stage) -> None:
        await stage.pilot.click("#list", offset=(6, 3))
        assert stage.app.desk.current.id == "ex2"
        await stage.pilot.click("#text", offset=(stage.lines()[1].index("Output") - stage.app.text_pane.region.x, 0))
        await stage.pilot.pause()
        assert stage.app.text_pane.tab is Tab.OUTPUT
        at = stage.lines()[-1].index("h hint")
        await stage.pilot.click("#keys", offset=(at, 0))
        await stage.pilot.pause()
        assert stage.app.text_pane.tab is Tab.HINTS
        assert "nudge 1" in stage.text()

    perform(scenario)


def test_a_timeout_and_a_crash_are_clear_results(perform: Perform) -> None:
    """Statuses other than failed have their own words and full message."""

    def crashes(request: GradeRequest, options: GradeOptions) -> Sequence[Step]:
        checks = [
            check("test_one", Status.TIMEOUT, message="Time limit: 10 s."),
            check("test_two", Status.CRASHED, message="The process of your code was killed (SIGSEGV)."),
        ]
        return [*checks, verdict(request, options, checks)]

    async def scenario(stage: Stage) -> None:
        await stage.press("g")
        await stage.graded()
        assert "✗ timeout" in stage.text()
        assert "✗ crashed" in stage.text()
        assert "Time limit: 10 s." in stage.text()
        await stage.press("3", "down")
        assert "was killed (SIGSEGV)" in stage.text()

    perform(scenario, script=crashes)
