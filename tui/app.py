"""The terminal program: what each key does."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from grader.errors import GraderError
from grader.workspace import reset
from tui.board import while_shown
from tui.desk import Filter, Outcome, digest_if_there
from tui.editing import edited, editor_words
from tui.faults import as_grader_error
from tui.grading import GradingBoard
from tui.messages import PictureDone
from tui.notes import Note, all_passed, bad, good, neutral, warning
from tui.rows import Rows
from tui.text_pane import Tab

if TYPE_CHECKING:
    from queue import SimpleQueue

    from grader.model import Exercise, Plot
    from grader.texts import Catalog
    from tui.desk import Desk
    from tui.engine import Tools
    from tui.main_screen import MainScreen

_TABS = tuple(Tab)


class GraderApp(GradingBoard):
    """The whole program."""

    def __init__(self, desk: Desk, texts: Catalog, tools: Tools, notes: SimpleQueue[Note]) -> None:
        super().__init__(desk, texts, tools)
        self._notes = notes
        self._first_lang = texts.lang

    def open_board(self) -> None:
        """Show everything; engines and watchers start once it is on the screen."""
        listed, checks = self.main.query_one("#list", Rows), self.main.query_one("#rows", Rows)
        listed.moved = lambda key: self.open_exercise(self._exercise(key))
        listed.chosen = self._choose_listed
        checks.moved = lambda _: self.show_message()
        checks.chosen = lambda _: self.main.go("checks", "message")
        super().open_board()
        self.call_after_refresh(self.start_threads)
        if self.desk.first_error is not None:
            self.tell(warning("progress.not_saved", reason=self.desk.first_error))
        self._tell_queued()
        self.remember("exercise", self.desk.current.id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Say which keys do something now."""
        if action == "leave":
            return self.grading or self.main.zoomed or bool(self.desk.query) or self.desk.filter is not Filter.ALL
        if action == "zoom":
            return self.main.roomy or self.main.zoomed
        if action == "pane" and parameters == ("plot",):
            return self.desk.outcome.plot is not None
        return True

    @while_shown
    def on_main_screen_arranged(self, _: MainScreen.Arranged) -> None:
        """Show the keys that go with the panes that are seen."""
        self.show_keys()

    def _choose_listed(self, _: str) -> None:
        """Go from an exercise to its task, which is read anew."""
        self.close_find()
        self.show_text(Tab.TASK)
        self.main.go("text")

    def open_exercise(self, exercise: Exercise) -> None:
        """Make `exercise` the one that is worked on."""
        if exercise.id == self.desk.current.id:
            return
        self.desk.current = exercise
        self.text_pane.tab = Tab.TASK
        self.text_pane.as_diff = False
        self.show_progress()
        self.main.query_one("#list", Rows).point_at(exercise.id)
        self.show_text()
        self.show_checks(at=self.desk.outcome.first_failed)
        self.show_plot()
        self.show_keys()
        if not self.grading:
            self.tell(self.default_note())
        self.remember("exercise", exercise.id)
        self.freshen()

    def action_grade(self) -> None:
        """Grade the open exercise and show its checks."""
        if self.main.one_pane:
            self.main.go("checks")
        self.start_grading(self.desk.current)

    def action_check_all(self) -> None:
        """Grade all files that were begun."""
        self.start_all()

    def action_leave(self) -> None:
        """Cancel the grading, or else undo the zoom, the search, the filter."""
        if self.cancel_grading():
            return
        if self.main.zoomed:
            self.action_zoom()
        elif self.desk.query or self.desk.filter is not Filter.ALL:
            self.desk.query = ""
            self.desk.filter = Filter.ALL
            self.close_find()
            self.show_list()
        self.show_keys()

    def action_edit(self) -> None:
        """Open the file in the learner's editor, and grade it if it was changed."""
        words = editor_words(self.tools.environ, self.desk.file)
        if words is None:
            self.tell(warning("tui.step.no_editor", file=self.desk.file))
            return
        try:
            changed = edited(self, words, self.desk.file, self.tools.call)
        except GraderError as error:
            self.tell(bad("tui.step.editor_failed", error=error, file=self.desk.file))
            return
        if changed:
            self.start_grading(self.desk.current)

    def action_hint(self) -> None:
        """Open one more hint."""
        try:
            opened = self.desk.open_hint()
            available = len(self.desk.hints(self.desk.current))
        except GraderError as error:
            self.tell(bad("tui.step.error", error=error))
            return
        exercise = self.desk.current
        if opened:
            self.recorder.write(lambda: self.desk.practice.take_hint(exercise, available=available))
        else:
            self.tell(neutral("tui.step.no_more_hints"))
        self.show_text(Tab.HINTS)
        self.main.go("text")

    def action_next(self) -> None:
        """Open the next exercise that is not passed."""
        found = self.desk.next_unfinished()
        if found is None:
            self.tell(all_passed(self.desk))
            return
        if found not in self.desk.visible():
            self.desk.query, self.desk.filter = "", Filter.ALL
            self.show_list()
        self.open_exercise(found)
        self.main.go("text")

    def action_solution(self) -> None:
        """Show the reference after a pass; pressed again, how it differs."""
        pane = self.text_pane
        if pane.tab is Tab.SOLUTION:
            pane.as_diff = not pane.as_diff
        self.show_text(Tab.SOLUTION)
        self.main.go("text")

    def action_output(self) -> None:
        """Show what the learner's code printed."""
        self.show_text(Tab.OUTPUT)
        self.main.go("text")

    def action_tab(self, tab: str) -> None:
        """Show the text whose name was clicked."""
        self.show_text(Tab(tab))
        self.main.go("text")

    def action_turn_tab(self, by: int) -> None:
        """Show the next text, or the one before."""
        here = _TABS.index(self.text_pane.tab)
        self.show_text(_TABS[(here + by) % len(_TABS)])
        self.main.go("text")

    def action_pane(self, pane: str) -> None:
        """Give the focus to a pane; 2 pressed again turns to the next text."""
        if pane == "text" and self.main.pane == "text" and self.text_pane.has_focus:
            self.action_turn_tab(1)
            return
        self.main.go(pane)

    def action_filter(self, name: str) -> None:
        """Show the passed exercises alone, or those pending; again, all."""
        wanted = Filter(name)
        self.desk.filter = Filter.ALL if self.desk.filter is wanted else wanted
        self.show_list()
        self.show_keys()
        if self.main.one_pane:
            self.main.go("list")

    def action_zoom(self) -> None:
        """Give the whole screen to the pane that has the focus, or give it back."""
        self.main.zoomed = not self.main.zoomed
        self.main.arrange_panes()

    def action_language(self) -> None:
        """Say everything in the other language."""
        self.switch_language()
        self.remember("lang", self.texts.lang)
        self.freshen()

    def action_theme(self) -> None:
        """Take the next theme."""
        name = self.next_theme()
        self.tell(neutral("tui.step.theme", name=name))
        self.remember("theme", name)

    def action_help(self) -> None:
        """List every key that is active where the learner is."""
        from tui.dialogs import KeysDialog  # noqa: PLC0415 - after the first paint

        active = list(self.main.active_bindings.values())
        self.push_screen(KeysDialog(self.texts, active, self.main.pane))

    def action_palette(self) -> None:
        """Let the learner search for what the program can do."""
        from tui.palette import Palette, commands  # noqa: PLC0415 - after the first paint

        self.push_screen(Palette(self.texts, commands(self, self.texts)), self._run_chosen)

    def action_reset(self) -> None:
        """Put the stub back, after asking."""
        from tui.dialogs import Confirm  # noqa: PLC0415 - after the first paint

        exercise = self.desk.current

        def answer(agreed: bool | None) -> None:  # noqa: FBT001 - Textual's callback
            if agreed:
                self._reset(exercise)
            else:
                self.tell(neutral("tui.step.kept", file=exercise.file_name))

        self.push_screen(Confirm(self.texts, "tui.reset.ask", file=exercise.file_name), answer)

    async def action_find(self) -> None:
        """Search the exercises."""
        from tui.finding import open_find  # noqa: PLC0415 - after the first paint

        self.main.go("list")
        await open_find(self)

    def close_find(self) -> None:
        """Take the line of the search away."""
        for widget in self.main.query("#find"):
            widget.remove()

    def action_copy(self, what: str = "") -> None:
        """Copy what is in view: a path, a hint, output, code, or a message."""
        text, name = self._copied(what)
        self.copy_to_clipboard(text)
        self.tell(good(f"tui.copied.{name}"))

    def action_save_picture(self) -> None:
        """Save the plot as a picture."""
        plot = self.desk.outcome.plot
        if plot is None:
            return
        exercise, lang = self.desk.current, self.texts.lang
        folder = self.desk.practice.workspace.root
        self.tell(neutral("tui.step.drawing"))

        def draw(plot: Plot) -> None:
            try:
                path = self.tools.save_picture(plot, folder, exercise.name, lang)
            except Exception as fault:  # noqa: BLE001 - whatever it is, the program goes on and says so
                self.post_message(PictureDone(None, as_grader_error(fault)))
            else:
                self.post_message(PictureDone(path))

        threading.Thread(target=draw, args=(plot,), name="picture", daemon=True).start()

    @while_shown
    def on_picture_done(self, message: PictureDone) -> None:
        """Say where the picture is."""
        if message.path is not None:
            self.tell(good("tui.step.picture", path=message.path))
        else:
            self.tell(bad("tui.step.no_picture", error=message.error))

    async def action_quit(self) -> None:
        """End the program."""
        self.exit(0)

    def action_help_quit(self) -> None:
        """Say how to quit, to those who press Ctrl+C."""
        self.tell(neutral("tui.step.quit"))

    def _reset(self, exercise: Exercise) -> None:
        self._settle()
        try:
            backup = reset(self.desk.practice.workspace, exercise)
        except GraderError as error:
            self.tell(bad("tui.step.error", error=error))
            return
        # The stub that is back is no save: grading it would take the name of the backup off the screen.
        self.desk.keep(exercise, Outcome(digest=digest_if_there(self.desk.practice.file(exercise))))
        self.refresh_outcome(exercise)
        if backup is None:
            self.tell(good("tui.step.restored", file=exercise.file_name))
        else:
            self.tell(good("tui.step.reset", file=exercise.file_name, backup=backup))

    def _copied(self, what: str) -> tuple[str, str]:
        from tui.copying import copied  # noqa: PLC0415 - after the first paint

        return copied(self, what)

    async def _run_chosen(self, action: str | None) -> None:
        if action is not None:
            await self.run_action(action)

    def _exercise(self, key: str) -> Exercise:
        return next(each for each in self.desk.course.exercises if each.id == key)

    def _tell_queued(self) -> None:
        while not self._notes.empty():
            self.tell(self._notes.get())
