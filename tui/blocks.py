"""Styled text, and the blocks that lay it out in rows of a given width."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from rich.cells import cell_len

from grader.wrapping import cut_ranges, wrapped_ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.wrapping import Range

Tokens = tuple[str, ...]
"""Names of styles, the later ones upon the earlier."""


class Run(NamedTuple):
    """Text in one style."""

    text: str
    style: Tokens = ()


Runs = tuple[Run, ...]


class Row(NamedTuple):
    """One row of cells, and the style of what is empty behind it."""

    runs: Runs
    fill: Tokens = ()


class Block(Protocol):
    """Something that lays itself out."""

    def rows(self, width: int) -> list[Row]:
        """Return the rows at `width` cells, none of them wider."""
        ...

    def text(self) -> str:
        """Return the text without layout, as one would want it copied."""
        ...


def plain_text(runs: Sequence[Run]) -> str:
    """Return the text of `runs`."""
    return "".join(run.text for run in runs)


def styled(runs: Sequence[Run], *style: str) -> Runs:
    """Return `runs` upon `style`."""
    return tuple(Run(run.text, (*style, *run.style)) for run in runs)


def without_beginning(runs: Runs, characters: int) -> Runs:
    """Return `runs` without their first `characters`."""
    return _sliced(runs, [(characters, len(plain_text(runs)))])[0]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text that is broken into rows; `first` stands before the first row, `rest` before the others.

    `margin` stands before all of it and is not copied. `cut` breaks the text as a terminal
    does, at any character. `fill` is the style of what is empty behind a row.
    """

    runs: Runs = ()
    first: Runs = ()
    rest: Runs = ()
    margin: Runs = ()
    fill: Tokens = ()
    cut: bool = False

    def rows(self, width: int) -> list[Row]:
        """Return the rows; a text of several lines gives several."""
        first, rest = _fitting((*self.margin, *self.first), width), _fitting((*self.margin, *self.rest), width)
        text = plain_text(self.runs)
        room = max(1, width - max(_cells(first), _cells(rest)))
        ranges = cut_ranges(text, room) if self.cut else wrapped_ranges(text, room)
        bodies = _sliced(self.runs, ranges)
        return [Row((*(rest if index else first), *body), self.fill) for index, body in enumerate(bodies)]

    def text(self) -> str:
        """Return the text, what stands before its first row included."""
        return plain_text(self.first) + plain_text(self.runs)


@dataclass(frozen=True, slots=True)
class Line:
    """A horizontal line as wide as there is room."""

    first: Runs = ()
    style: Tokens = ("rule",)

    def rows(self, width: int) -> list[Row]:
        """Return the one row."""
        first = _fitting(self.first, width)
        return [Row((*first, Run("─" * (width - _cells(first)), self.style)))]

    def text(self) -> str:
        """Return a line as plain text draws it."""
        return "---"


@dataclass(frozen=True, slots=True)
class Table:
    """Cells in columns, each as wide as it needs while there is room; else wrapped, at last one below the other."""

    head: tuple[Runs, ...]
    body: tuple[tuple[Runs, ...], ...]
    first: Runs = ()

    def rows(self, width: int) -> list[Row]:
        """Return the rows of the table."""
        first = _fitting(self.first, width)
        room = width - _cells(first)
        columns = self._columns(room - 3 * (len(self.head) - 1))
        if columns is None:
            return [row for block in self._stacked() for row in block.rows(width)]
        rows = [*self._record(_styled_cells(self.head, "strong"), columns)]
        rows.append(Row((Run("─┼─".join("─" * column for column in columns), ("rule",)),)))
        for record in self.body:
            rows += self._record(record, columns)
        return [Row((*first, *row.runs)) for row in rows]

    def text(self) -> str:
        """Return the cells, one record a line."""
        return "\n".join(" | ".join(plain_text(cell) for cell in record) for record in (self.head, *self.body))

    def _columns(self, room: int) -> list[int] | None:
        records = (self.head, *self.body)
        columns = [max(1, *(_cells(record[at]) for record in records)) for at in range(len(self.head))]
        narrowest = 6
        while sum(columns) > room:
            widest = max(range(len(columns)), key=columns.__getitem__)
            if columns[widest] <= narrowest:
                return None
            columns[widest] = max(narrowest, columns[widest] - (sum(columns) - room), columns[widest] * 3 // 4)
        return columns

    def _record(self, record: tuple[Runs, ...], columns: list[int]) -> list[Row]:
        cells = [[row.runs for row in Paragraph(cell).rows(width)] for cell, width in zip(record, columns, strict=True)]
        rows = []
        for line in range(max(len(cell) for cell in cells)):
            runs: list[Run] = []
            for at, (cell, width) in enumerate(zip(cells, columns, strict=True)):
                shown = cell[line] if line < len(cell) else ()
                runs += [Run(" │ ", ("rule",))] if at else []
                runs += [*shown, Run(" " * (width - _cells(shown)))]
            rows.append(Row(tuple(runs)))
        return rows

    def _stacked(self) -> list[Paragraph]:
        mark = Run(": ", ("faint",))
        return [
            Paragraph((*styled(name, "strong"), mark, *cell), self.first, (*self.first, Run("  ")))
            for record in self.body
            for name, cell in zip(self.head, record, strict=True)
        ]


def _styled_cells(cells: tuple[Runs, ...], *style: str) -> tuple[Runs, ...]:
    """Return every cell upon `style`."""
    return tuple(styled(cell, *style) for cell in cells)


def _cells(runs: Sequence[Run]) -> int:
    return sum(cell_len(run.text) for run in runs)


def _fitting(runs: Runs, width: int) -> Runs:
    """Return what may stand before a row: less of it where it would take half of the width, spaces being the first."""
    while runs and _cells(runs) > width // 2:
        blank = next((index for index, run in enumerate(runs) if run.text and run.text.isspace()), 0)
        runs = (*runs[:blank], *runs[blank + 1 :])
    return runs


def _sliced(runs: Runs, ranges: list[Range]) -> list[Runs]:
    """Return the part of `runs` in each of the ascending `ranges`."""
    sliced: list[Runs] = []
    at = 0  # the run in which the row begins, and where that run begins
    origin = 0
    for start, end in ranges:
        while at < len(runs) and origin + len(runs[at].text) <= start:
            origin += len(runs[at].text)
            at += 1
        row: list[Run] = []
        index, begin = at, origin
        while index < len(runs) and begin < end:
            text, style = runs[index]
            if part := text[max(0, start - begin) : end - begin]:
                row.append(Run(part, style))
            begin += len(text)
            index += 1
        sliced.append(tuple(row))
    return sliced
