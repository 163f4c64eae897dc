"""A grid of characters to draw on: eight dots to a character in braille, or one where there is only ASCII."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Point = tuple[float, float]
Run = tuple[str, int | None]

_BRAILLE = 0x2800
# The bits of a braille character, by column and row of its dots.
_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
# How many dots in a row are drawn and how many left out: curves differ without colours too.
_DASHES = ((1, 0), (5, 4), (1, 2), (9, 3))
_ASCII_LINES = "*#%@"
_MARKS = "ox+s"


class Canvas:
    """`columns` × `rows` characters; points are given from (0, 0), bottom left, to (1, 1), top right."""

    def __init__(self, columns: int, rows: int, *, braille: bool) -> None:
        self.columns = columns
        self.rows = rows
        self._braille = braille
        self._across, self._down = (2, 4) if braille else (1, 1)
        self._dots: dict[tuple[int, int], int] = {}
        self._chars: dict[tuple[int, int], str] = {}
        self._owners: dict[tuple[int, int], int] = {}

    def line(self, points: Sequence[Point], curve: int, *, style: int) -> None:
        """Join `points` in the dash pattern number `style`."""
        drawn, left_out = _DASHES[style % len(_DASHES)]
        for nth, (x, y) in enumerate(self._path([self._dot(*point) for point in points])):
            cell = x // self._across, y // self._down
            if not self._braille:
                self._put(*cell, _ASCII_LINES[style % len(_ASCII_LINES)], curve)
            elif nth % (drawn + left_out) < drawn:
                # A mark that was there gives way; the dots of another curve stay beside ours.
                self._dots[cell] = self._dots.get(cell, 0) | _BITS[x % 2][y % 4]
                self._put(*cell, chr(_BRAILLE | self._dots[cell]), curve)

    def marks(self, points: Sequence[Point], curve: int, *, style: int) -> None:
        """Put the mark number `style` at each of `points`."""
        for point in points:
            x, y = self._dot(*point)
            self._put(x // self._across, y // self._down, mark_of(style), curve)

    def lines(self) -> Iterator[list[Run]]:
        """Yield each row, the top one first, as runs of text of one curve (None: empty space)."""
        for row in range(self.rows):
            runs: list[Run] = []
            for column in range(self.columns):
                owner = self._owners.get((column, row))
                char = self._chars.get((column, row), " ")
                if runs and runs[-1][1] == owner:
                    runs[-1] = (runs[-1][0] + char, owner)
                else:
                    runs.append((char, owner))
            yield runs

    def _dot(self, x: float, y: float) -> tuple[int, int]:
        width, height = self.columns * self._across, self.rows * self._down
        return round(x * (width - 1)), round((1 - y) * (height - 1))

    def _path(self, dots: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        yield from dots[:1]
        for (x, y), (to_x, to_y) in itertools.pairwise(dots):
            steps = max(abs(to_x - x), abs(to_y - y))
            for step in range(1, steps + 1):
                yield round(x + (to_x - x) * step / steps), round(y + (to_y - y) * step / steps)

    def _put(self, column: int, row: int, char: str, curve: int) -> None:
        self._chars[column, row] = char
        self._owners[column, row] = curve


def mark_of(style: int) -> str:
    """Return the mark number `style`, for a single point."""
    return _MARKS[style % len(_MARKS)]


def dashes_of(style: int, columns: int, *, braille: bool) -> str:
    """Return a short line in the dash pattern number `style`."""
    canvas = Canvas(columns, 1, braille=braille)
    canvas.line([(0.0, 0.5), (1.0, 0.5)], 0, style=style)
    return "".join(text for runs in canvas.lines() for text, _ in runs)
