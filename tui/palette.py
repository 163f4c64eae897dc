"""The palette: everything that the program can do, found by its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from tui.keys import KEYS, key_name, text_name
from tui.rows import Row, Rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from grader.texts import Catalog
    from tui.board import Board

_MORE = ("copy('path')", "copy('command')", "copy('message')", "save_picture")


class Command(msgspec.Struct, frozen=True):
    """One thing that the program can do; `key` is the key for it, if it has one."""

    label: str
    key: str
    action: str


def commands(board: Board, texts: Catalog) -> list[Command]:
    """Return all that can be done now."""
    keys = {action: key_name(key) for key, action in KEYS}
    found = []
    for action in (*keys, *_MORE):
        name, _, params = action.partition("(")
        parameters = tuple(part.strip("'") for part in params.rstrip(")").split(",") if part)
        if name not in {"palette", "leave"} and board.check_action(name, parameters):
            found.append(Command(texts.say(f"tui.does.{text_name(action)}"), keys.get(action, ""), f"app.{action}"))
    return found


class Query(Input):
    """The line one types into; it leaves the arrows to the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "screen.move(-1)", show=False),
        Binding("down", "screen.move(1)", show=False),
    ]


class Palette(ModalScreen[str]):
    """Type some words, choose with the arrows, and enter."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,ctrl+p,ctrl+c", "close", show=False)]

    def __init__(self, texts: Catalog, known: Sequence[Command]) -> None:
        super().__init__()
        self._texts = texts
        self._known = tuple(known)

    def compose(self) -> ComposeResult:
        """Yield the line and what it finds."""
        with Vertical(classes="dialog tall"):
            query = Query(placeholder=self._texts.say("tui.palette.ask"), select_on_focus=False)
            query.cursor_blink = False
            yield query
            yield Rows(id="found")

    def on_mount(self) -> None:
        """Show all to begin with."""
        box = self.query_one(".dialog")
        box.border_title = Content(self._texts.say("tui.palette.title"))
        box.border_subtitle = Content(self._texts.say("tui.palette.keys"))
        self.query_one(Rows).chosen = lambda _: self._choose()
        self._show("")
        self.query_one(Query).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what fits."""
        event.stop()
        self._show(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Choose what the cursor stands on."""
        event.stop()
        self._choose()

    def action_move(self, by: int) -> None:
        """Move the cursor of the list."""
        self.query_one(Rows).action_cursor(by)

    def action_close(self) -> None:
        """Choose nothing."""
        self.dismiss(None)

    def _choose(self) -> None:
        self.dismiss(self.query_one(Rows).key)

    def _show(self, query: str) -> None:
        words = query.casefold().split()
        fit = [each for each in self._known if all(word in each.label.casefold() for word in words)]
        rows = [Row(each.action, ((each.label, "plain"),), ((f" {each.key} ", "key"),)) for each in fit]
        nothing = self._texts.say("tui.palette.nothing")
        self.query_one(Rows).show(rows, key=rows[0].key if rows else None, empty=nothing)
