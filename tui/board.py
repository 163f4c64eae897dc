"""The app as far as it shows things: every pane from the state, in the language and theme of the moment."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual.app import App, ScreenStackError
from textual.content import Content

from grader.texts import Catalog
from tui.keys import ALWAYS, FINDING, WANTED, bindings, key_name, key_of, text_name
from tui.lines import KeyLabel, KeysLine, NextStep, ProgressLine
from tui.main_screen import MainScreen
from tui.notes import Note, before_grading
from tui.prose import Section
from tui.rows import Rows
from tui.text_pane import ScrollText, Tab, TextPane
from tui.themes import DEFAULT_DARK, DEFAULT_LIGHT, THEMES, register
from tui.view import (
    check_rows,
    checks_title,
    exercise_rows,
    list_title,
    message_sections,
    no_exercises,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.binding import BindingType
    from textual.message import Message
    from textual.screen import Screen

    from grader.model import CheckResult
    from tui.chart import Chart
    from tui.desk import Desk
    from tui.painting import Piece

_Board = TypeVar("_Board", bound="Board")
_Message = TypeVar("_Message", bound="Message")
_LIGHT_BACKGROUNDS = frozenset({"7", "15"})


def while_shown(handler: Callable[[_Board, _Message], None]) -> Callable[[_Board, _Message], None]:
    """Make `handler` drop what comes when the program ends: a thread may have its say after the panes have gone."""

    @wraps(handler)
    def guarded(board: _Board, message: _Message) -> None:
        if board.shown:
            handler(board, message)

    return guarded


class Board(App[int]):
    """Shows a desk."""

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    TITLE = "gradlings"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]

    def __init__(self, desk: Desk, texts: Catalog, environ: Mapping[str, str]) -> None:
        super().__init__()
        register(self)
        self.desk = desk
        self.texts = texts
        self.note = before_grading(desk)
        self.watch_key = "tui.watch.starting"
        self._plot_shown: object = None
        self.theme = self._first_theme(environ)

    @property
    def grading(self) -> bool:
        """Say whether a grading is under way that anybody waits for."""
        return False

    def get_default_screen(self) -> Screen[None]:
        """Return the screen with the panes."""
        return MainScreen(self.open_board)

    @property
    def shown(self) -> bool:
        """Say whether the panes are there."""
        try:
            return bool(self.main.query(NextStep))
        except (ScreenStackError, IndexError):
            return False

    @property
    def main(self) -> MainScreen:
        """The screen with the panes, under any dialog."""
        return cast("MainScreen", self.screen_stack[0])

    @property
    def text_pane(self) -> TextPane:
        """The pane of texts."""
        return self.main.query_one(TextPane)

    @property
    def check_under_cursor(self) -> CheckResult | None:
        """The check that the message is about."""
        key = self.main.query_one("#rows", Rows).key
        return next((check for check in self.desk.outcome.checks if check.name == key), None)

    def open_board(self) -> None:
        """Show everything for the first time."""
        self.show_all()

    def show_all(self) -> None:
        """Show everything anew, as another language needs."""
        self.show_list()
        self.show_progress()
        self.show_text()
        self.show_checks()
        self.show_note()
        self.show_plot()
        self.show_keys()

    def show_list(self) -> None:
        """Show the exercises."""
        widget = self.main.query_one("#list", Rows)
        rows = list(exercise_rows(self.desk, self.texts))
        widget.show(rows, key=self.desk.current.id, empty=no_exercises(self.desk, self.texts))
        widget.border_title = Content(f"1 {list_title(self.desk, self.texts)}")

    def show_progress(self) -> None:
        """Show how many exercises are passed, and what is watched."""
        total = len(self.desk.course.exercises)
        watch = self.texts.say(self.watch_key, file=self.desk.file.name)
        right: list[Piece] = [(f"{watch} ", "faint")]
        self.main.query_one(ProgressLine).show(passed=self.desk.passed, total=total, right=right)

    def show_text(self, tab: Tab | None = None) -> None:
        """Show a tab of the pane of texts, or the same again."""
        pane = self.text_pane
        pane.tab = tab or pane.tab
        pane.show_tab(self.desk, self.texts)

    def show_checks(self, *, at: int | None = None) -> None:
        """Show the checks of the open exercise, with the cursor on row `at` or where it was."""
        rows = self.main.query_one("#rows", Rows)
        outcome = self.desk.outcome
        shown = list(check_rows(outcome, self.texts))
        key = None if at is None or at >= len(outcome.checks) else outcome.checks[at].name
        rows.show(shown, key=key)
        if rows.key is None and outcome.checks:
            rows.show(shown, key=outcome.checks[0].name)
        rows.display = bool(shown)
        self.main.query_one("#message").set_class(bool(shown), "below")
        pane = self.main.query_one("#checks")
        pane.border_title = Content(f"3 {checks_title(outcome, self.texts)}")
        self.show_message()

    def show_message(self) -> None:
        """Show all that is known of the check under the cursor."""
        check = self.check_under_cursor
        sections = message_sections(
            self.desk.outcome, check, self.texts, file=self.desk.file.name, after=self.desk.after(self.texts.lang)
        )
        message = self.main.query_one("#message", ScrollText)
        message.lang = self.texts.lang
        message.show_text([*sections] or [Section("")])

    def show_plot(self) -> None:
        """Show the plot of the open exercise, in a pane that is there only while there is a plot."""
        plot = self.desk.outcome.plot
        found = next(iter(self.main.query("#plot")), None)
        shown = (plot, self.texts.lang)
        if shown == self._plot_shown:
            return
        self._plot_shown = shown
        if plot is None:
            if found is not None:
                if self.main.pane == "plot":
                    self.main.go("checks")
                found.remove()
            return
        if found is None:
            # Drawing needs numpy, which most exercises never do.
            from tui.plot_pane import PlotPane  # noqa: PLC0415

            found = PlotPane(id="plot")
            found.display = not self.main.one_pane
            self.main.query_one("#bottom").mount(found)
        found.border_title = Content(f"4 {self.texts.say('tui.pane.plot')}")
        found.border_subtitle = Content(self.texts.say("tui.plot.save"))
        cast("Chart", found).show(plot, self.texts.lang)

    def show_note(self) -> None:
        """Say what happened and what to do."""
        self.main.query_one(NextStep).show(self.note.said(self.texts), self.note.mark, self.note.paint)

    def tell(self, note: Note) -> None:
        """Say `note` until there is something else to say."""
        self.note = note
        self.show_note()

    def show_keys(self) -> None:
        """Show the keys that matter now."""
        if self.main.searching:
            keys = [KeyLabel(key_name(key), self.texts.say(f"tui.key.{name}"), action) for key, name, action in FINDING]
            self.main.query_one(KeysLine).show(keys, ())
            return
        labels = [self._label(action) for action in WANTED if self.check_action(action, ())]
        if self.check_action("leave", ()):
            key = "tui.key.leave" if self.grading else "tui.key.back"
            labels.insert(0, KeyLabel(key_of("leave"), self.texts.say(key), "app.leave"))
        if self.main.pane == "plot":
            labels.insert(0, KeyLabel("p", self.texts.say("tui.key.save_picture"), "app.save_picture"))
        if self.main.one_pane:
            panes = [self._label(f"pane('{pane}')") for pane in self.main.panes if pane != self.main.pane]
            labels[3:3] = panes
        self.main.query_one(KeysLine).show(labels, [self._label(action) for action in ALWAYS])

    def switch_language(self) -> None:
        """Say everything in the other language."""
        self.texts = Catalog("en" if self.texts.lang == "zh" else "zh")
        self.show_all()

    def next_theme(self) -> str:
        """Take the next theme and return its name."""
        names = [theme.name for theme in THEMES]
        here = names.index(self.theme) if self.theme in names else -1
        self.theme = names[(here + 1) % len(names)]
        return self.theme

    def _label(self, action: str) -> KeyLabel:
        return KeyLabel(key_of(action), self.texts.say(f"tui.key.{text_name(action)}"), f"app.{action}")

    def _first_theme(self, environ: Mapping[str, str]) -> str:
        names = {theme.name for theme in THEMES}
        remembered = self.desk.settings.get("theme", "")
        if remembered in names:
            return remembered
        # Some terminals say which colours they have: "15;0" is white on black.
        light = environ.get("COLORFGBG", "").rpartition(";")[2] in _LIGHT_BACKGROUNDS
        return DEFAULT_LIGHT if light else DEFAULT_DARK
