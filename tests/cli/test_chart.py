"""Plots drawn as text: round numbers, columns that hold, curves told apart without colours."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from grader.cli.canvas import Canvas, dashes_of, mark_of
from grader.cli.chart import axis_of, charted
from grader.cli.screen import columns_of
from grader.model import LANGS, Plot, Series, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.model import Lang


def series(x: Sequence[float], y: Sequence[float], kind: str = "line", label: str = "curve") -> Series:
    """Return a series."""
    found = Text(label, f"{label} 曲线")
    return Series(label=found, x=tuple(x), y=tuple(y), kind="points" if kind == "points" else "line")


def plot(*curves: Series, title: Text | None = None) -> Plot:
    """Return a plot with texts in both languages."""
    return Plot(
        title=title or Text("A title", "标题"),
        x_label=Text("step", "步数"),
        y_label=Text("loss", "损失"),
        series=curves,
    )


def lines(drawn: Plot, *, lang: Lang = "en", columns: int = 60, rows: int = 10, braille: bool = True) -> list[str]:
    """Return the plot as text without colours."""
    return list(charted(drawn, lang=lang, columns=columns, rows=rows, colours=False, braille=braille))


@pytest.mark.parametrize(
    ("values", "intervals", "labels"),
    [
        ([0.0, 10.0], 5, ("0", "2", "4", "6", "8", "10")),
        ([0.0, 1.0], 4, ("0.0", "0.5", "1.0")),
        ([-1.0, 1.0], 4, ("-1.0", "-0.5", "0.0", "0.5", "1.0")),
        ([-1.0, 1.0], 3, ("-1", "0", "1")),
        ([0.0, 0.013], 3, ("0.000", "0.005", "0.010")),
        ([0.0, 3e6], 3, ("0", "1e+06", "2e+06", "3e+06")),
        ([5.0, 5.0], 5, ("3", "4", "5", "6", "7")),
        ([0.0], 2, ("-1", "0", "1")),
        ([1e9, 1e9 + 4], 3, ("1000000000", "1000000002", "1000000004")),
        ([2.0, 9.0], 1, ("2", "4", "6", "8")),
    ],
)
def test_the_numbers_of_an_axis_are_round(values: list[float], intervals: int, labels: tuple[str, ...]) -> None:
    """Steps are 1, 2 or 5 times a power of ten, and neighbours are told apart."""
    axis = axis_of(values, intervals=intervals)
    assert axis.labels == labels
    assert all(0.0 <= axis.place(each) <= 1.0 for each in (*values, *axis.ticks))


@pytest.mark.parametrize("size", [1e-300, 1e-12, 1e-3, 1.0, 12345.678, 1e9, 1e100])
@pytest.mark.parametrize("offset", [0.0, -1.0, 1e3])
def test_an_axis_holds_values_of_every_size(size: float, offset: float) -> None:
    """The ends and the ticks are finite and in order, and no label is long."""
    values = [offset * size, offset * size + size / 3, offset * size + size]
    axis = axis_of(values, intervals=5)
    assert math.isfinite(axis.low)
    assert axis.low < min(values)
    assert max(values) < axis.high
    assert list(axis.ticks) == sorted(set(axis.ticks))
    assert len(axis.ticks) >= 2
    assert len(set(axis.labels)) == len(axis.labels)
    assert all(len(label) <= 22 for label in axis.labels)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("columns", [40, 61, 100])
def test_no_line_is_wider_than_the_terminal(lang: Lang, columns: int) -> None:
    """Chinese counts two columns, and texts that do not fit are cut."""
    long = Text("a very long title " * 20, "很长的标题" * 30)
    drawn = plot(series([0, 1, 2], [0, 1, 4], label="long label " * 20), series([1], [3], "points"), title=long)
    for line in lines(drawn, lang=lang, columns=columns):
        assert columns_of(line) <= columns


def test_labels_and_legend_are_in_the_language() -> None:
    """Title, both axes and every curve are named."""
    text = "\n".join(lines(plot(series([0, 1], [0, 1])), lang="zh"))
    assert all(word in text for word in ("标题", "步数", "损失", "curve 曲线"))


def test_curves_differ_without_colours() -> None:
    """Each line has dashes of its own and each set of points a mark, shown in the legend."""
    assert len({dashes_of(style, 8, braille=True) for style in range(4)}) == 4
    assert len({mark_of(style) for style in range(4)}) == 4
    text = "\n".join(lines(plot(series([0, 1], [0, 1], "points"), series([0, 1], [1, 0], "points", "other"))))
    assert "o     curve" in text
    assert "x     other" in text


def test_a_mark_is_where_its_point_is() -> None:
    """The corners of the canvas are the corners of its numbers."""
    canvas = Canvas(10, 5, braille=True)
    canvas.marks([(0.0, 0.0), (1.0, 1.0)], 0, style=0)
    rows = ["".join(text for text, _ in runs) for runs in canvas.lines()]
    assert rows[0] == " " * 9 + "o"
    assert rows[-1] == "o" + " " * 9


def test_a_rising_line_rises() -> None:
    """A line from the lower left to the upper right leaves no gap in between."""
    canvas = Canvas(6, 6, braille=False)
    canvas.line([(0.0, 0.0), (1.0, 1.0)], 0, style=0)
    rows = ["".join(text for text, _ in runs) for runs in canvas.lines()]
    assert rows == [" " * (5 - n) + "*" + " " * n for n in range(6)]


def test_ascii_where_there_is_nothing_else() -> None:
    """Axes and curves need no character beyond ASCII."""
    text = "\n".join(lines(plot(series([0, 1], [0, 1]), series([0, 1], [1, 0])), braille=False))
    assert text.isascii()
    assert "*" in text
    assert "#" in text


def test_curves_have_colours_of_their_own() -> None:
    """With colours a line is painted, and its name in the legend is not."""
    drawn = plot(series([0, 1], [0, 1]), series([0, 1], [1, 0]))
    text = "\n".join(charted(drawn, lang="en", columns=60, rows=10, colours=True, braille=True))
    assert "\x1b[36m" in text
    assert "\x1b[33m" in text


def test_control_characters_in_a_text_are_dropped() -> None:
    """A title may hold what a learner chose."""
    text = "\n".join(lines(plot(series([0, 1], [0, 1]), title=Text("a\x1b[31mb\nc", "d"))))
    assert "\x1b" not in text
    assert text.startswith("ab c\n")


def test_one_point_is_a_picture() -> None:
    """A single point has axes around it."""
    assert sum("o" in line for line in lines(plot(series([3], [7], "points", "p")))[2:12]) == 1
