"""The lines above and below the panes: progress, the next step, and the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec
from rich.cells import cell_len
from textual.widget import Widget

from grader.wrapping import wrap
from tui.painting import PAINT_CLASSES, Paint, Piece, cells, painted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual import events
    from textual.strip import Strip

_BAR_CELLS = 14
_GAP = 2
# The summary takes one row in so many at most.
_SHARE = 5


class ProgressLine(Widget):
    """How many exercises are passed, and what the program is doing about saves."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*PAINT_CLASSES}
    DEFAULT_CSS = "ProgressLine { height: 1; width: 1fr; }"

    def __init__(self) -> None:
        super().__init__(id="progress")
        self._left: tuple[Piece, ...] = ()
        self._right: tuple[Piece, ...] = ()

    def show(self, *, passed: int, total: int, right: Sequence[Piece]) -> None:
        """Show `passed` of `total`, and `right` at the right edge if there is room."""
        # The first pass is seen at once, and the last cell stays for the last exercise.
        full = max(_BAR_CELLS * passed // total, min(passed, 1))
        self._left = (
            (" gradlings ", "title"),
            (f"  {passed}/{total} ", "plain"),
            ("█" * full, "bar"),
            ("░" * (_BAR_CELLS - full), "track"),
            (f" {100 * passed // total}% ", "plain"),
        )
        self._right = tuple(right)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw it."""
        width = self.size.width
        if y > 0:
            return painted(self, (), width)
        left = next(
            (
                some
                for some in (self._left, self._left[1:2] + self._left[4:])
                if cells(some) + cells(self._right) <= width
            ),
            self._left[1:2] + self._left[4:],
        )
        free = width - cells(left) - cells(self._right)
        if free < 0:
            # Without room for both, what is going on tells more than the count.
            return painted(self, self._right or left, width)
        return painted(self, (*left, (" " * free, "plain"), *self._right), width)


class NextStep(Widget):
    """What happened and which key leads on; as tall as it needs, but never most of the screen."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*PAINT_CLASSES}
    DEFAULT_CSS = "NextStep { height: 1; width: 1fr; }"

    def __init__(self) -> None:
        super().__init__(id="step")
        self._mark: Piece = ("", "plain")
        self._text = ""
        self._lines: list[str] = [""]

    @property
    def text(self) -> str:
        """All of the text, shown or not."""
        return f"{self._mark[0]}{self._text}"

    def show(self, text: str, mark: str = "", paint: Paint = "plain") -> None:
        """Show `text`, after a `mark` in the colour `paint`."""
        self._mark = (f"{mark} " if mark else "", paint)
        self._text = " ".join(text.split())
        self._lay_out()

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width = self.size.width
        if y >= len(self._lines):
            return painted(self, (), width)
        line = self._lines[y]
        mark: Piece = self._mark if y == 0 else (" " * cell_len(self._mark[0]), "plain")
        if y == self.size.height - 1 and len(self._lines) > self.size.height:
            line = f"{line}…" if cell_len(line) < self._room else f"{line[:-1]}…"
        return painted(self, ((" ", "plain"), mark, (line, self._mark[1] if self._mark[0] else "plain")), width)

    def on_resize(self) -> None:
        """Break the text at the new width."""
        self._lay_out()

    @property
    def _room(self) -> int:
        # Not laid out yet, it is going to be as wide as the screen.
        width = self.size.width or self.screen.size.width
        return max(width - cell_len(self._mark[0]) - 2, 1)

    def _lay_out(self) -> None:
        self._lines = wrap(self._text, self._room) or [""]
        height = min(len(self._lines), max(self.screen.size.height // _SHARE, 1))
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height
        self.refresh()


class KeyLabel(msgspec.Struct, frozen=True):
    """A key, what it does, and the action behind it."""

    key: str
    label: str
    action: str


class KeysLine(Widget):
    """The keys that matter now, as many as fit; the last ones given stay to the end."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*PAINT_CLASSES}
    DEFAULT_CSS = "KeysLine { height: 1; width: 1fr; }"

    def __init__(self) -> None:
        super().__init__(id="keys")
        self._labels: tuple[KeyLabel, ...] = ()
        self._always: tuple[KeyLabel, ...] = ()

    def show(self, labels: Sequence[KeyLabel], always: Sequence[KeyLabel]) -> None:
        """Show `labels`, the most wanted first, then `always`."""
        self._labels, self._always = tuple(labels), tuple(always)
        self.refresh()

    @property
    def shown(self) -> tuple[KeyLabel, ...]:
        """The keys for which there is room."""
        left = self.size.width - 1 - sum(map(_cells_of, self._always))
        kept = []
        for label in self._labels:
            left -= _cells_of(label)
            if left < 0:
                break
            kept.append(label)
        return (*kept, *self._always)

    def render_line(self, y: int) -> Strip:
        """Draw it."""
        pieces: list[Piece] = [(" ", "plain")]
        if y == 0:
            for label in self.shown:
                pieces += [(label.key, "key"), (f" {label.label}", "plain"), (" " * _GAP, "plain")]
        return (
            painted(self, pieces, self.size.width) if cells(pieces) > self.size.width + _GAP else self._cropped(pieces)
        )

    def _cropped(self, pieces: list[Piece]) -> Strip:
        # Only the gap behind the last key does not fit, and nothing is lost with it.
        return painted(self, pieces, max(cells(pieces), self.size.width)).crop(0, self.size.width)

    async def on_click(self, event: events.Click) -> None:
        """Do what the key under the mouse does."""
        event.stop()
        for start, end, label in self._places():
            if start <= event.x < end:
                await self.run_action(label.action)

    def _places(self) -> Iterator[tuple[int, int, KeyLabel]]:
        start = 1
        for label in self.shown:
            end = start + _cells_of(label)
            yield start, end - _GAP, label
            start = end


def _cells_of(label: KeyLabel) -> int:
    return cell_len(label.key) + 1 + cell_len(label.label) + _GAP
