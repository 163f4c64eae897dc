"""The screen: which panes there are, and which of them are seen at this size."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import Screen

from tui.lines import KeysLine, NextStep, ProgressLine
from tui.rows import Rows
from tui.text_pane import ScrollText, TextPane

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.app import ComposeResult
    from textual.widget import Widget

PANES = ("list", "text", "checks", "plot")
# What tab visits, each with its pane.
_STOPS: tuple[tuple[str, str], ...] = (
    ("list", "list"),
    ("text", "text"),
    ("rows", "checks"),
    ("message", "checks"),
    ("plot", "plot"),
)
_WIDE = 90
_TALL = 16


class MainScreen(Screen[None]):
    """All panes where there is room, and otherwise the one that has the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "turn_pane(1)", show=False),
        Binding("shift+tab", "turn_pane(-1)", show=False),
    ]
    AUTO_FOCUS = None

    class Arranged(Message):
        """Another pane has the focus, or other panes are seen."""

    def __init__(self, fill: Callable[[], None]) -> None:
        super().__init__()
        self._fill = fill
        self.zoomed = False
        self._pane = "list"
        self._chosen = False

    @property
    def pane(self) -> str:
        """The pane that has the focus."""
        return self._pane

    @property
    def searching(self) -> bool:
        """Say whether letters go into the line that searches."""
        return self.focused is not None and self.focused.id == "find"

    @property
    def roomy(self) -> bool:
        """Say whether there is room for all panes."""
        return self.size.width >= _WIDE and self.size.height >= _TALL

    @property
    def one_pane(self) -> bool:
        """Say whether one pane alone is seen."""
        return self.zoomed or not self.roomy

    @property
    def panes(self) -> tuple[str, ...]:
        """The panes that there are now."""
        return tuple(pane for pane in PANES if self._found(pane) is not None)

    def compose(self) -> ComposeResult:
        """Yield the lines and the panes."""
        yield ProgressLine()
        with Horizontal(id="body"):
            with Vertical(id="side"):
                yield Rows(id="list")
            with Vertical(id="right"):
                yield TextPane()
                with Horizontal(id="bottom"), Vertical(id="checks"):
                    yield Rows(id="rows")
                    yield ScrollText(id="message")
        yield NextStep()
        yield KeysLine()

    def on_mount(self) -> None:
        """Have the panes filled before the first paint."""
        self._fill()

    def go(self, pane: str, stop: str | None = None) -> None:
        """Show `pane` and give it the focus, or that `stop` in it."""
        widget = self._found(stop or next(name for name, inside in _STOPS if inside == pane))
        if widget is None:
            return
        self._pane = pane
        self._chosen = True
        # Shown before the focus moves and the rest hidden after: what is hidden loses it to anybody.
        self._show(pane)
        self.set_focus(widget)
        self.arrange_panes()

    def arrange_panes(self) -> None:
        """Show the panes that belong on a screen of this size."""
        for pane in PANES:
            if not self.one_pane or pane == self._pane:
                self._show(pane)
        if self.one_pane:
            self.query_one("#side").display = self._pane == "list"
            self.query_one("#right").display = self._pane != "list"
            self.query_one("#text").display = self._pane == "text"
            self.query_one("#bottom").display = self._pane in {"checks", "plot"}
            for pane in ("checks", "plot"):
                widget = self._found(pane)
                if widget is not None:
                    widget.display = pane == self._pane
        self.set_class(self.one_pane, "-one")
        self.post_message(self.Arranged())

    def action_turn_pane(self, by: int) -> None:
        """Give the focus to the next part of the screen, or the one before."""
        stops = [stop for stop in _STOPS if self._found(stop[0]) is not None]
        here = [nth for nth, (name, _) in enumerate(stops) if self.focused is self._found(name)]
        name, pane = stops[((here[0] if here else 0) + by) % len(stops)]
        self.go(pane, name)

    def on_resize(self, _: events.Resize) -> None:
        """Show more panes or fewer."""
        if not self._chosen:
            # Nobody has chosen yet: a task says more than a list where only one has room.
            self._pane = "list" if self.roomy else "text"
            self._show(self._pane)
            self.set_focus(self._found(self._pane))
        self.arrange_panes()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Know the pane that a click chose."""
        for name, pane in _STOPS:
            if event.widget is self._found(name) and pane != self._pane:
                self._pane = pane
        self.post_message(self.Arranged())

    def _show(self, pane: str) -> None:
        for name in {"list": ("side",), "text": ("right", "text")}.get(pane, ("right", "bottom", pane)):
            widget = self._found(name)
            if widget is not None:
                widget.display = True

    def _found(self, name: str) -> Widget | None:
        return next(iter(self.query(f"#{name}")), None)
