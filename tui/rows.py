"""A list of one-line rows with a cursor: exercises, checks, and what the palette finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from grader.wrapping import wrap
from tui.painting import PAINT_CLASSES, Piece, cells, painted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events

_MARK = "▶ "
_NO_MARK = "  "


class Row(msgspec.Struct, frozen=True):
    """One row: `key` is what it stands for, nothing for a heading, which the cursor passes over.

    `right` stands at the right edge and is never cut.
    """

    key: str | None
    pieces: tuple[Piece, ...]
    right: tuple[Piece, ...] = ()


class Rows(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows, one of them under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor(-1)", show=False),
        Binding("down,j", "cursor(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "cursor_first", show=False),
        Binding("end", "cursor_last", show=False),
        Binding("enter", "choose", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"rows--cursor", *PAINT_CLASSES}
    DEFAULT_CSS = """
    Rows {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .rows--cursor { background: $cursor-background; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._rows: tuple[Row, ...] = ()
        self._empty = ""
        self._at: int | None = None
        # Called at once and not by messages: the key typed next may already depend on it.
        self.moved: Callable[[str], None] = _nothing
        self.chosen: Callable[[str], None] = _nothing

    @property
    def key(self) -> str | None:
        """What the row under the cursor stands for."""
        return None if self._at is None else self._rows[self._at].key

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows."""
        return self._rows

    def show(self, rows: Sequence[Row], *, key: str | None = None, empty: str = "") -> None:
        """Show `rows`, with the cursor on `key`, or else where it was; without rows, say `empty`.

        Says nothing of a move.
        """
        self._empty = empty
        wanted = self.key if key is None else key
        self._rows = tuple(rows)
        keys = [row.key for row in self._rows]
        self._at = keys.index(wanted) if wanted is not None and wanted in keys else None
        self.virtual_size = Size(0, len(self._rows))
        self._follow()
        self.refresh()

    def point_at(self, key: str | None) -> None:
        """Put the cursor on the row of `key`; says nothing of a move."""
        self.show(self._rows, key=key, empty=self._empty)

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width = self.scrollable_content_region.width
        nth = y + round(self.scroll_offset.y)
        if nth >= len(self._rows):
            said = [] if self._rows else wrap(self._empty, max(width - 2, 1))
            return painted(self, ((f" {said[y]}", "note"),) if y < len(said) else (), width)
        row = self._rows[nth]
        over = None
        mark = ""
        if row.key is not None:
            here = nth == self._at
            mark = _MARK if here else _NO_MARK
            if here:
                over = Style(bold=True) if not self.has_focus else self._cursor_style() + Style(bold=True)
        right_width = cells(row.right)
        if not row.right or width < right_width + cells(((mark, "plain"),)) + 1:
            return painted(self, ((mark, "plain"), *row.pieces), width, over)
        left = painted(self, ((mark, "plain"), *row.pieces), width - right_width, over)
        return Strip.join([left, painted(self, row.right, right_width, over)])

    def action_cursor(self, by: int) -> None:
        """Move the cursor over `by` rows that stand for something."""
        places = [nth for nth, row in enumerate(self._rows) if row.key is not None]
        if not places:
            return
        if self._at is None:
            self._go(places[0 if by > 0 else -1])
            return
        place = places.index(self._at) + by
        self._go(places[max(0, min(place, len(places) - 1))])

    def action_cursor_first(self) -> None:
        """Move the cursor to the first row."""
        self.action_cursor(-len(self._rows))

    def action_cursor_last(self) -> None:
        """Move the cursor to the last row."""
        self.action_cursor(len(self._rows))

    def action_page(self, by: int) -> None:
        """Move the cursor a page up or down."""
        self.action_cursor(by * max(self.scrollable_content_region.height - 1, 1))

    def action_choose(self) -> None:
        """Tell that the row under the cursor was chosen."""
        if self.key is not None:
            self.chosen(self.key)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is."""
        event.stop()
        nth = event.y - self.gutter.top + round(self.scroll_offset.y)
        if 0 <= nth < len(self._rows) and self._rows[nth].key is not None:
            self._go(nth)

    def on_focus(self) -> None:
        """Light the cursor up."""
        self.refresh()

    def on_blur(self) -> None:
        """Let the cursor go dim."""
        self.refresh()

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self.call_after_refresh(self._follow)

    def _cursor_style(self) -> Style:
        return Style(bgcolor=self.get_component_rich_style("rows--cursor").bgcolor)

    def _go(self, place: int) -> None:
        if place == self._at:
            return
        self._at = place
        self._follow()
        self.refresh()
        key = self._rows[place].key
        if key is not None:
            self.moved(key)

    def _follow(self) -> None:
        """Scroll so that the cursor is seen, and the heading above the first row with it."""
        height = self.scrollable_content_region.height
        if self._at is None or height < 1:
            # Not laid out yet: any scrolling would hide rows that have room.
            return
        top = 0 if all(row.key is None for row in self._rows[: self._at]) else self._at
        region = Region(0, top, 1, self._at - top + 1)
        if region.height <= height:
            self.scroll_to_region(region, animate=False, force=True)
        else:
            self.scroll_to_region(Region(0, self._at, 1, 1), animate=False, force=True)


def _nothing(_: str) -> None:
    """Do nothing: nobody wants to know."""
