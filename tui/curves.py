"""A plot as rows of cells: title, legend, axes and curves, as much of it as there is room for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

from grader.chart.figure import FOOT_ROWS, figure_of, signs
from grader.sanitise import plain_line
from tui.blocks import Paragraph, Row, Run, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.chart.figure import Figure
    from grader.model import Lang, Plot, Text
    from tui.blocks import Tokens

COLOURS = 6
"""How many styles `plot-1`, `plot-2`, … there are."""

_LEAST_COLUMNS, _LEAST_ROWS = 8, 2
_LONGEST_TEXT = 120


def curve_rows(plot: Plot, lang: Lang, width: int, height: int) -> list[Row]:
    """Return `plot` in `height` rows of at most `width` cells; none where that is too small to tell anything."""
    if height < _LEAST_ROWS + FOOT_ROWS:
        return []
    heading, caption = _words(plot, lang, width, height - FOOT_ROWS - max(_LEAST_ROWS, height // 2))
    figure = figure_of(plot.series, columns=width, rows=height - FOOT_ROWS - len(heading) - len(caption))
    return [] if figure.columns < _LEAST_COLUMNS else [*heading, *_drawn(figure, width), *caption]


def _words(plot: Plot, lang: Lang, width: int, most: int) -> tuple[list[Row], list[Row]]:
    """Return what is said above and below the curves in at most `most` rows: the legend is the last to go."""
    title = Paragraph((Run(_said(plot.title, lang), ("title",)),)).rows(width)
    axes = f"↑ {_said(plot.y_label, lang)}    → {_said(plot.x_label, lang)}"
    caption = Paragraph((Run(axes, ("faint",)),)).rows(width)
    legend = _legend(plot, lang, width)
    if len(legend) > most:
        return [], []
    if len(title) + len(legend) > most:
        return legend, []
    if len(title) + len(caption) + len(legend) > most:
        return [*title, *legend], []
    return [*title, *legend], caption


def _legend(plot: Plot, lang: Lang, width: int) -> list[Row]:
    """Return the names of the series, as many in a row as fit."""
    rows: list[list[Run]] = [[]]
    for curve, (series, sign) in enumerate(zip(plot.series, signs(plot.series), strict=True)):
        entry = [Run(sign, _style(curve)), Run(f" {_said(series.label, lang)}")]
        used = cell_len(plain_text(rows[-1]))
        if used and used + 3 + cell_len(plain_text(entry)) > width:
            rows.append([])
        elif used:
            entry.insert(0, Run("   "))
        rows[-1] += entry
    return [row for runs in rows for row in Paragraph(tuple(runs), (), (Run("    "),)).rows(width)]


def _drawn(figure: Figure, width: int) -> Iterator[Row]:
    for number, axis, runs in figure.rows:
        curves = [Run(text, () if curve is None else _style(curve)) for text, curve in runs]
        yield Row((Run(f"{number} ", ("faint",)), Run(axis, ("rule",)), *curves))
    before = " " * (figure.margin + 1)
    yield Row((Run(before), Run(figure.rule, ("rule",))))
    yield Row((Run(set_cell_size(before + figure.numbers, width), ("faint",)),))


def _style(curve: int) -> Tokens:
    return (f"plot-{curve % COLOURS + 1}",)


def _said(text: Text, lang: Lang) -> str:
    return plain_line(text.in_lang(lang), _LONGEST_TEXT)
