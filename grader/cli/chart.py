"""A plot as lines of text: title, axes with round numbers, curves and a legend."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import click
import msgspec

from grader.cli.canvas import Canvas, dashes_of, mark_of
from grader.cli.screen import columns_of, padded
from grader.sanitise import plain_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.model import Lang, Plot, Text

# Red would say that something is wrong, and plain blue is hard to read on black.
_COLOURS = ("cyan", "yellow", "magenta", "green")
_LONGEST_TEXT = 200
_SAMPLE_COLUMNS = 4
_MARGIN = 0.03
_LEAST_COLUMNS = 16
_LEAST_ROWS = 4
_SMALLEST = 1e-100
_DIGITS_OF_A_FLOAT = 15
# What stays plain decimals: more digits before or behind the point read badly.
_LARGEST_PLAIN = 1e5
_SMALLEST_PLAIN = 1e-4


class Axis(msgspec.Struct, frozen=True):
    """The numbers from `low` to `high`, some of them written beside the axis."""

    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]

    def place(self, value: float) -> float:
        """Return where `value` lies: 0 at the lower end, 1 at the upper."""
        return (value - self.low) / (self.high - self.low)


def axis_of(values: Sequence[float], *, intervals: int) -> Axis:
    """Return an axis that holds all of `values`, which are finite, with a little air around them.

    Its ticks cut the values into no more than about so many `intervals`.
    """
    least, most = min(values), max(values)
    size = max(abs(least), abs(most))
    # Also where rounding is all that tells them apart.
    if most - least <= max(size * 1e-12, _SMALLEST):
        half = size / 2 if size > _SMALLEST else 1.0
        least, most = least - half, most + half
    air = (most - least) * _MARGIN
    low, high = least - air, most + air
    step = _round_step((most - least) / max(intervals, 1))
    ticks = _multiples(step, low, high)
    if len(ticks) < 2:  # noqa: PLR2004 - one number gives no scale
        step = _round_step((most - least) / max(4 * intervals, 4))
        ticks = _multiples(step, low, high)
    size = max(abs(low), abs(high))
    return Axis(low, high, ticks, tuple(_written(tick, step, size) for tick in ticks))


def charted(plot: Plot, *, lang: Lang, columns: int, rows: int, colours: bool, braille: bool) -> Iterator[str]:
    """Yield the lines of `plot`, none wider than `columns`; the curves take `rows` of them.

    Args:
        plot: what to draw; each series holds at least one point.
        lang: the language of the labels.
        columns: width of the whole.
        rows: height of the curves alone.
        colours: whether each curve has its colour.
        braille: whether braille and box characters can be shown; else it is ASCII.
    """
    up = axis_of([y for each in plot.series for y in each.y], intervals=max(rows // 3, 2))
    margin = max(map(len, up.labels), default=0)
    inner = max(columns - margin - 3, _LEAST_COLUMNS)
    across = axis_of([x for each in plot.series for x in each.x], intervals=max(inner // 10, 2))
    canvas = Canvas(inner, max(rows, _LEAST_ROWS), braille=braille)
    styles = [sum(other.kind == each.kind for other in plot.series[:n]) for n, each in enumerate(plot.series)]
    for curve, series in enumerate(plot.series):
        places = [(across.place(x), up.place(y)) for x, y in zip(series.x, series.y, strict=True)]
        draw = canvas.line if series.kind == "line" else canvas.marks
        draw(places, curve, style=styles[curve])

    def paint(text: str, curve: int | None) -> str:
        return click.style(text, fg=_COLOURS[curve % len(_COLOURS)]) if colours and curve is not None else text

    title = _said(plot.title, lang, columns)
    yield click.style(title, bold=True) if colours else title
    yield " " * (margin + 1) + _said(plot.y_label, lang, columns - margin - 1)
    bar, tick_bar = ("│", "┤") if braille else ("|", "+")
    labels = dict(zip((_row(canvas, up, tick) for tick in up.ticks), up.labels, strict=True))
    for row, runs in enumerate(canvas.lines()):
        drawn = "".join(paint(text, curve) for text, curve in runs).rstrip()
        yield f"{labels.get(row, ''):>{margin}} {tick_bar if row in labels else bar}{drawn}".rstrip()
    yield from _foot(across, canvas, margin, braille=braille)
    label = _said(plot.x_label, lang, columns - margin - 2)
    yield " " * (margin + 2 + max(inner - columns_of(label), 0)) + label
    for curve, series in enumerate(plot.series):
        style = styles[curve]
        sample = dashes_of(style, _SAMPLE_COLUMNS, braille=braille) if series.kind == "line" else mark_of(style)
        name = _said(series.label, lang, columns - _SAMPLE_COLUMNS - margin - 4)
        yield f"{' ' * (margin + 2)}{paint(padded(sample, _SAMPLE_COLUMNS), curve)}  {name}"


def _row(canvas: Canvas, up: Axis, tick: float) -> int:
    return round((1 - up.place(tick)) * (canvas.rows - 1))


def _foot(across: Axis, canvas: Canvas, margin: int, *, braille: bool) -> Iterator[str]:
    corner, bar, tick_bar = "└─┬" if braille else "+-+"
    rule = [bar] * canvas.columns
    numbers = [" "] * canvas.columns
    free = 0
    for tick, label in zip(across.ticks, across.labels, strict=True):
        column = round(across.place(tick) * (canvas.columns - 1))
        start = max(min(column - len(label) // 2, canvas.columns - len(label)), 0)
        # A number that would touch the one before is left out, its tick stays.
        rule[column] = tick_bar
        if start >= free:
            numbers[start : start + len(label)] = label
            free = start + len(label) + 1
    yield " " * (margin + 1) + corner + "".join(rule)
    yield (" " * (margin + 2) + "".join(numbers)).rstrip()


def _said(text: Text, lang: Lang, columns: int) -> str:
    said = plain_line(text.in_lang(lang), _LONGEST_TEXT)
    while columns_of(said) > max(columns, 1):
        said = f"{said[:-2]}…" if len(said) > 1 else ""
    return said


def _multiples(step: float, low: float, high: float) -> tuple[float, ...]:
    return tuple(n * step for n in range(math.ceil(low / step), math.floor(high / step) + 1))


def _round_step(least: float) -> float:
    """Return the smallest of 1, 2, 5, 10, 20, … and their tenths that is not below `least`."""
    unit = 10.0 ** math.floor(math.log10(least))
    return next((unit * factor for factor in (1, 2, 5) if unit * factor >= least * (1 - 1e-9)), unit * 10)


def _written(value: float, step: float, size: float) -> str:
    value = 0.0 if abs(value) < step / 2 else value
    if size < _LARGEST_PLAIN and step >= _SMALLEST_PLAIN:
        return f"{value:.{max(0, -math.floor(math.log10(step) + 1e-9))}f}"
    # As many digits as tell neighbours apart.
    digits = math.floor(math.log10(size)) - math.floor(math.log10(step) + 1e-9) + 1
    return f"{value:.{min(max(digits, 1), _DIGITS_OF_A_FLOAT)}g}"
