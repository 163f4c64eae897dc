"""The curves of a plot between their axes, ready to be laid out among words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from grader.chart.axis import LEAST_TICKS, axis_of
from grader.chart.canvas import CHARACTERS, Canvas, mark_of, sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.chart.axis import Axis
    from grader.chart.canvas import Run
    from grader.model import Series

FOOT_ROWS = 2
"""How many rows of a figure are below its curves."""

SIGN_COLUMNS = 4
"""How wide the sign of a line is in a legend; that of points takes one column."""

_ROWS_A_TICK = 3
_COLUMNS_A_TICK = 10
# A number, a space and the axis stand left of the curves.
_SPACE_AND_AXIS = 2


class _Drawn(NamedTuple):
    axis: str
    axis_tick: str
    corner: str
    rule: str
    rule_tick: str


_LINES = _Drawn(*"│┤└─┬")
_ASCII = _Drawn(*"|++-+")

NEEDED_CHARACTERS = f"{CHARACTERS}{''.join(_LINES)}−"
"""What a terminal must be able to show; else a figure is to be drawn in ASCII."""


class FigureRow(NamedTuple):
    """One row of curves: the number beside it, filled up to the margin, the piece of the axis, and the curves."""

    number: str
    axis: str
    runs: tuple[Run, ...]


class Figure(NamedTuple):
    """Curves and axes; `rule` and `numbers` begin under the vertical axis, `margin` + 1 cells from the left."""

    margin: int
    columns: int
    rows: tuple[FigureRow, ...]
    rule: str
    numbers: str


def figure_of(all_series: Sequence[Series], *, columns: int, rows: int, ascii_only: bool = False) -> Figure:
    """Return `all_series` drawn in `columns`, numbers included, and `rows`, without those of the foot.

    The curves have one column and one row at least, also where that is more than asked for.
    """
    rows = max(rows, 1)
    up = axis_of([y for each in all_series for y in each.y], most_ticks=1 + rows // _ROWS_A_TICK, ascii_only=ascii_only)
    margin = max(map(len, up.labels), default=0)
    canvas = Canvas(max(columns - margin - _SPACE_AND_AXIS, 1), rows, ascii_only=ascii_only)
    across, starts = _across([x for each in all_series for x in each.x], canvas, ascii_only=ascii_only)
    for curve, (series, kind) in enumerate(zip(all_series, _kinds(all_series), strict=True)):
        places = [(across.place(x), up.place(y)) for x, y in zip(series.x, series.y, strict=True)]
        draw = canvas.line if series.kind == "line" else canvas.points
        draw(places, curve, kind=kind)
    drawn = _ASCII if ascii_only else _LINES
    numbers = ""
    for start, label in zip(starts, across.labels, strict=True):
        # Where even two numbers would touch, the second is left out; its tick stays.
        if start > len(numbers) or not numbers:
            numbers = numbers.ljust(start) + label
    return Figure(margin, canvas.columns, _rows(canvas, up, margin, drawn), _rule(canvas, across, drawn), f" {numbers}")


def signs(all_series: Sequence[Series], *, ascii_only: bool = False) -> list[str]:
    """Return for each of `all_series` what stands for it in a legend, which differs without colours too."""
    return [
        sample(kind, SIGN_COLUMNS, ascii_only=ascii_only)
        if each.kind == "line"
        else mark_of(kind, ascii_only=ascii_only)
        for each, kind in zip(all_series, _kinds(all_series), strict=True)
    ]


def _kinds(all_series: Sequence[Series]) -> list[int]:
    """Return for each series which kind of line, or of mark, it has."""
    return [sum(other.kind == each.kind for other in all_series[:nth]) for nth, each in enumerate(all_series)]


def _across(values: Sequence[float], canvas: Canvas, *, ascii_only: bool) -> tuple[Axis, list[int]]:
    """Return the horizontal axis with as many ticks as have room for their numbers, and where these begin."""
    ends = [min(values), max(values)] if values else []
    for most_ticks in range(max(1 + canvas.columns // _COLUMNS_A_TICK, LEAST_TICKS), LEAST_TICKS - 1, -1):
        axis = axis_of(ends, most_ticks=most_ticks, ascii_only=ascii_only)
        starts = _starts(axis, canvas)
        stops = [start + len(label) for start, label in zip(starts, axis.labels, strict=True)]
        if all(stop < start for stop, start in zip(stops, starts[1:], strict=False)):
            break
    return axis, starts


def _starts(axis: Axis, canvas: Canvas) -> list[int]:
    return [
        max(0, min(canvas.column_of(axis.place(tick)) - len(label) // 2, canvas.columns - len(label)))
        for tick, label in zip(axis.ticks, axis.labels, strict=True)
    ]


def _rows(canvas: Canvas, up: Axis, margin: int, drawn: _Drawn) -> tuple[FigureRow, ...]:
    labels = {canvas.row_of(up.place(tick)): label for tick, label in zip(up.ticks, up.labels, strict=True)}
    return tuple(
        FigureRow(
            labels.get(row, "").rjust(margin),
            drawn.axis_tick if row in labels else drawn.axis,
            tuple(canvas.runs(row)),
        )
        for row in range(canvas.rows)
    )


def _rule(canvas: Canvas, across: Axis, drawn: _Drawn) -> str:
    ticks = {canvas.column_of(across.place(tick)) for tick in across.ticks}
    return drawn.corner + "".join(drawn.rule_tick if at in ticks else drawn.rule for at in range(canvas.columns))
