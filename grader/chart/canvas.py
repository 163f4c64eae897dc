"""Cells to draw curves on: eight dots of braille to a cell, or one mark; ASCII where there is nothing else."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Point = tuple[float, float]
"""A place: (0, 0) is the lower left corner, (1, 1) the upper right one."""

Run = tuple[str, int | None]
"""Text, and the curve that it belongs to: none where it is empty."""

Cell = tuple[int, int]

_MARKS = "•×+o▴▪"
_ASCII_MARKS = "ox+svn"
_ASCII_LINES = "*#%@=~&"
# How many dots of a line are drawn and left out in turn: curves differ where colours do not.
_DASHES = ((1, 0), (5, 3), (1, 2), (2, 5), (3, 2), (1, 5), (6, 1))
_BRAILLE = 0x2800
# The bits of a braille character, by column and row of its dots.
_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))

CHARACTERS = f"{_MARKS}⠁⣿"
"""What a terminal must be able to show, or else it is for ASCII."""


class Canvas:
    """`columns` by `rows` cells; of what is drawn on one cell the dots stay together, the colour is the last one's."""

    def __init__(self, columns: int, rows: int, *, ascii_only: bool = False) -> None:
        self.columns = columns
        self.rows = rows
        self._ascii_only = ascii_only
        self._across, self._down = (1, 1) if ascii_only else (2, 4)
        self._dots: dict[Cell, int] = {}
        self._signs: dict[Cell, str] = {}
        self._owners: dict[Cell, int] = {}

    def line(self, points: Sequence[Point], curve: int, *, kind: int) -> None:
        """Join `points` with the line number `kind`."""
        drawn, left_out = _DASHES[kind % len(_DASHES)]
        for number, (x, y) in enumerate(_path([self._dot(point) for point in points])):
            cell = x // self._across, y // self._down
            if self._ascii_only:
                self._signs[cell] = _ASCII_LINES[kind % len(_ASCII_LINES)]
            elif number % (drawn + left_out) < drawn:
                self._dots[cell] = self._dots.get(cell, 0) | _BITS[x % self._across][y % self._down]
                self._signs.pop(cell, None)
            else:
                continue
            self._owners[cell] = curve

    def points(self, points: Iterable[Point], curve: int, *, kind: int) -> None:
        """Put the mark number `kind` on each of `points`."""
        mark = mark_of(kind, ascii_only=self._ascii_only)
        for x, y in points:
            cell = self.column_of(x), self.row_of(y)
            self._signs[cell] = mark
            self._owners[cell] = curve

    def runs(self, row: int) -> Iterator[Run]:
        """Yield the text of `row`, the uppermost being 0, in pieces of one curve."""
        text, owner = "", self._owners.get((0, row))
        for column in range(self.columns):
            cell = column, row
            if self._owners.get(cell) != owner:
                yield text, owner
                text, owner = "", self._owners.get(cell)
            text += self._signs.get(cell) or (chr(_BRAILLE | self._dots[cell]) if cell in self._dots else " ")
        yield text, owner

    def column_of(self, x: float) -> int:
        """Return the column in which `x` lies."""
        return self._dot((x, 0.0))[0] // self._across

    def row_of(self, y: float) -> int:
        """Return the row in which `y` lies."""
        return self._dot((0.0, y))[1] // self._down

    def _dot(self, point: Point) -> tuple[int, int]:
        across, down = self.columns * self._across - 1, self.rows * self._down - 1
        x, y = (min(max(place, 0.0), 1.0) for place in point)
        return round(x * across), round((1.0 - y) * down)


def mark_of(kind: int, *, ascii_only: bool = False) -> str:
    """Return the mark number `kind`."""
    marks = _ASCII_MARKS if ascii_only else _MARKS
    return marks[kind % len(marks)]


def sample(kind: int, columns: int, *, ascii_only: bool = False) -> str:
    """Return a piece of the line number `kind`, for a legend."""
    canvas = Canvas(columns, 1, ascii_only=ascii_only)
    canvas.line([(0.0, 0.5), (1.0, 0.5)], 0, kind=kind)
    return "".join(text for text, _ in canvas.runs(0))


def _path(dots: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    yield from dots[:1]
    for (x, y), (to_x, to_y) in pairwise(dots):
        steps = max(abs(to_x - x), abs(to_y - y))
        for step in range(1, steps + 1):
            yield round(x + (to_x - x) * step / steps), round(y + (to_y - y) * step / steps)
