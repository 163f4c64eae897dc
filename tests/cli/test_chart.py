"""Plots laid out as lines of text: columns that hold, words in both languages, curves told apart without colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.cli.chart import charted
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
    curves = [series([0, 1], [n, 1], "points" if n < 2 else "line", f"curve {n}") for n in range(4)]
    legend = [line.strip() for line in lines(plot(*curves))[-4:]]
    assert legend == ["•     curve 0", "×     curve 1", "⠤⠤⠤⠤  curve 2", "⠤⠤⠄   curve 3"]


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


def test_words_and_curves_are_in_their_places() -> None:
    """What is measured stands above its axis, the steps at the end of theirs, and the legend below the curves."""
    assert [line.rstrip() for line in lines(plot(series([0, 10], [0, 4])), columns=31, rows=7, braille=False)] == [
        "A title",
        "  loss",
        "4 +                       ***",
        "  |                    ***",
        "  |               *****",
        "2 +            ***",
        "  |       *****",
        "  |    ***",
        "0 + ***",
        "  +-+-----------+-----------+-",
        "    0           5          10",
        "                          step",
        "   ****  curve",
    ]
