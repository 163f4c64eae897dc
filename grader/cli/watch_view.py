"""The frames of `grader watch`: what stands where at which size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from grader.cli.rows import bare, fitted, fitted_left, spread, wrapped
from grader.cli.screen import Screen, Style, columns_of

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

_WIDEST_BAR = 24
_NARROWEST_BAR = 4
_GAP = "  "
# From so many lines on there is room for a rule, and for a message of several rows.
_ROOMY = 9
_MESSAGE_ROWS = 3


class Body:
    """The lines of what is read, which are broken into rows once for each width."""

    def __init__(self, lines: Sequence[str], *, focus: int | None = None) -> None:
        self.focus = focus
        self._lines = lines
        self._columns = 0
        self._rows: list[str] = []
        self._starts: list[int] = []

    def rows(self, columns: int) -> Sequence[str]:
        """Return the rows at a width of `columns`."""
        if columns != self._columns:
            self._columns, self._rows, self._starts = columns, [], []
            for line in self._lines:
                self._starts.append(len(self._rows))
                self._rows += wrapped(line, columns)
        return self._rows

    def start(self, line: int, columns: int) -> int:
        """Return the row in which a line begins."""
        self.rows(columns)
        return self._starts[line]


class Hotkey(msgspec.Struct, frozen=True):
    """A key and what it does."""

    key: str
    label: str


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """All that a frame shows; texts that were painted are styled, the others are plain."""

    place: str
    passed: int
    total: int
    file: str
    file_name: str
    method: str
    body: Body
    scroll: int
    message: str
    more: str
    """What to say of the rows below; `{count}` is how many there are."""
    keys: tuple[Hotkey, ...]
    """The most useful one first."""
    last_keys: tuple[Hotkey, ...]
    """Those that are always shown, behind the others."""


class Frame(msgspec.Struct, frozen=True):
    """The rows of a whole screen, the first row of the body in it, and how many of the body it shows."""

    rows: tuple[str, ...]
    scroll: int
    page_rows: int


def frame(page: Page, screen: Screen, size: os.terminal_size) -> Frame:
    """Return the frame for a terminal of any size: what matters least goes first."""
    columns, lines = size
    roomy = lines >= _ROOMY
    message = wrapped(page.message, columns)[: _MESSAGE_ROWS if roomy else 1]
    top = [_header(page, screen, columns), _file(page, screen, columns)]
    bottom = [*message, _keys(page, screen, columns)]
    if lines < 5:  # noqa: PLR2004 - the name of the file is the first to go,
        top = top[:1]
    if lines < 3:  # noqa: PLR2004 - then the keys and the header
        top, bottom = [], bottom[:lines]
    room = max(0, lines - len(top) - len(bottom) - 2 * roomy)
    rows = page.body.rows(columns)
    scroll = max(0, min(page.scroll, len(rows) - room))
    shown = list(rows[scroll : scroll + room])
    shown += [""] * (room - len(shown))
    if roomy:
        top.append("")
        bottom.insert(0, _rule(page, screen, columns, len(rows) - scroll - room))
    return Frame(tuple(fitted(row, columns) for row in (*top, *shown, *bottom)[:lines]), scroll, room)


def scrolled_to(body: Body, size: os.terminal_size, scroll: int, page_rows: int) -> int:
    """Return the scroll that has the focus of `body` in view, as near to `scroll` as can be."""
    if body.focus is None:
        return scroll
    row = body.start(body.focus, size.columns)
    return min(row, max(scroll, row - page_rows + 1))


def _header(page: Page, screen: Screen, columns: int) -> str:
    count = f"{page.passed}/{page.total}"
    share = page.passed / max(page.total, 1)
    percent = f" {share:.0%}"
    room = columns - columns_of(page.place) - len(count) - len(percent) - 4
    bar = min(_WIDEST_BAR, room)
    right = screen.paint(count, Style.GOOD, bold=True)
    if bar >= _NARROWEST_BAR:
        full, empty = ("█", "░") if screen.symbols else ("#", "-")
        done = round(bar * share)
        right += f" {screen.paint(full * done, Style.GOOD)}{screen.paint(empty * (bar - done), Style.FAINT)}{percent}"
    return spread(screen.paint(page.place, Style.PLACE, bold=True), right, columns)


def _file(page: Page, screen: Screen, columns: int) -> str:
    method = screen.paint(page.method, Style.FAINT)
    room = columns - columns_of(page.method) - len(_GAP)
    file = page.file if columns_of(page.file) <= room else fitted_left(page.file_name, room)
    return spread(screen.paint(file), method, columns)


def _rule(page: Page, screen: Screen, columns: int, below: int) -> str:
    line = "─" if screen.symbols else "-"
    more = f" {page.more.format(count=below)} {line * 2}" if below > 0 else ""
    if columns_of(more) > columns:
        more = ""
    return screen.paint(f"{line * (columns - columns_of(more))}{more}", Style.FAINT)


def _keys(page: Page, screen: Screen, columns: int) -> str:
    def label(each: Hotkey) -> str:
        return f"{screen.paint(each.key, Style.PLACE, bold=True)} {screen.paint(each.label)}"

    last = [label(each) for each in page.last_keys]
    first: list[str] = []
    for each in page.keys:
        if columns_of(bare(_GAP.join([*first, label(each), *last]))) > columns:
            break
        first.append(label(each))
    return _GAP.join([*first, *last])
