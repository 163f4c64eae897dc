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
_READABLE_ROWS = 5
_LONGEST_TEXT = 120


def curve_rows(plot: Plot, lang: Lang, width: int, height: int) -> list[Row]:
    """Return `plot` in `height` rows of at most `width` cells; none where that is too small to tell anything."""
    if height < _LEAST_ROWS + FOOT_ROWS:
        return []
    heading, caption = _words(plot, lang, width, height)
    figure = figure_of(plot.series, columns=width, rows=height - FOOT_ROWS - len(heading) - len(caption))
    return [] if figure.columns < _LEAST_COLUMNS else [*heading, *_drawn(figure, width), *caption]


def _words(plot: Plot, lang: Lang, width: int, height: int) -> tuple[list[Row], list[Row]]:
    """Return what is said above and below the curves: the legend is the last to go, the caption the first."""
    title = Paragraph((Run(_said(plot.title, lang), ("title",)),)).rows(width)
    caption = _caption(plot, lang, width)
    legend = _legend(plot, lang, width)
    room = height - FOOT_ROWS
    half = room - max(_LEAST_ROWS, height // 2)
    if len(title) + len(legend) + len(caption) <= half:
        return [*title, *legend], caption
    # Curves without names tell nothing: names may take more than half, as long as the curves can still be read.
    most = max(half, room - _READABLE_ROWS)
    for heading in ([*title, *legend], legend, title if len(title) <= half else []):
        if len(heading) <= most:
            return heading, []
    return [], []


def _caption(plot: Plot, lang: Lang, width: int) -> list[Row]:
    """Return what the axes are; an arrow stays with its words."""
    up, across = f"↑ {_said(plot.y_label, lang)}", f"→ {_said(plot.x_label, lang)}"
    both = f"{up}    {across}"
    texts = (both,) if cell_len(both) <= width else (up, across)
    return [row for text in texts for row in Paragraph((Run(text, ("faint",)),)).rows(width)]


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
