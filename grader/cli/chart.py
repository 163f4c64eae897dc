"""A plot as lines of text: title, axes, curves and a legend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from grader.chart.figure import SIGN_COLUMNS, figure_of, signs
from grader.cli.rows import fitted
from grader.cli.screen import columns_of, padded
from grader.sanitise import plain_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.model import Lang, Plot, Text

# Red would say that something is wrong, and plain blue is hard to read on black.
_COLOURS = ("cyan", "yellow", "magenta", "green")
_LONGEST_TEXT = 200
_LEAST_ROWS = 4


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
    # The last column stays empty: a terminal may begin a new line behind it.
    figure = figure_of(plot.series, columns=columns - 1, rows=max(rows, _LEAST_ROWS), ascii_only=not braille)
    before = " " * (figure.margin + 1)

    def paint(text: str, curve: int | None) -> str:
        return click.style(text, fg=_COLOURS[curve % len(_COLOURS)]) if colours and curve is not None else text

    title = _said(plot.title, lang, columns)
    yield click.style(title, bold=True) if colours else title
    yield before + _said(plot.y_label, lang, columns - len(before))
    for number, axis, runs in figure.rows:
        drawn = "".join(paint(text, curve) for text, curve in runs).rstrip()
        yield f"{number} {axis}{drawn}"
    yield before + figure.rule
    yield before + figure.numbers
    label = _said(plot.x_label, lang, figure.columns)
    yield f"{before} {' ' * (figure.columns - columns_of(label))}{label}"
    for curve, (series, sign) in enumerate(zip(plot.series, signs(plot.series, ascii_only=not braille), strict=True)):
        beside = f"{before} {paint(padded(sign, SIGN_COLUMNS), curve)}  "
        yield beside + _said(series.label, lang, columns - len(before) - SIGN_COLUMNS - 3)


def _said(text: Text, lang: Lang, columns: int) -> str:
    return fitted(plain_line(text.in_lang(lang), _LONGEST_TEXT), columns)
