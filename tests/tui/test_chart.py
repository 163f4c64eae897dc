"""Plots in the terminal."""

from __future__ import annotations

import math
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import ColorSystem

from grader.model import Plot, Series, Text
from grader.texts import Catalog
from tests.tui.showing import Showing, contrast, drives, lines, pieces
from tui.blocks import plain_text
from tui.chart import Chart
from tui.curves import curve_rows
from tui.themes import THEMES

FINITE = st.floats(allow_nan=False, allow_infinity=False)
SIN = tuple(math.sin(step / 10) for step in range(100))


def series(x: tuple[float, ...], y: tuple[float, ...], *, name: str = "data", kind: str = "line") -> Series:
    """Return one series with a name in both languages."""
    return Series(label=Text(name, f"数据 {name}"), x=x, y=y, kind=kind)


def plot_of(*all_series: Series) -> Plot:
    """Return a plot of `all_series`."""
    return Plot(
        title=Text("Title", "标题"), x_label=Text("step", "步数"), y_label=Text("loss", "损失"), series=all_series
    )


FIT = plot_of(
    series((-1.0, 0.0, 1.0), (7.0, 10.5, 13.0), kind="points"),
    series((-1.0, 1.0), (7.5, 13.5), name="line"),
    series(tuple(step / 50 - 1 for step in range(100)), tuple(10 + value for value in SIN), name="sin"),
)


@drives
async def test_title_axes_and_legend_are_there_in_either_language() -> None:
    """All words are drawn, Chinese in rows of exactly the width."""
    chart = Chart()
    app = Showing(chart)
    async with app.run_test(size=(60, 20)) as pilot:
        for lang, words in (
            ("en", ("Title", "loss", "step", "data", "sin")),
            ("zh", ("标题", "损失", "步数", "数据 sin")),
        ):
            chart.show(FIT, lang)
            await pilot.pause()
            shown = "\n".join(lines(app))
            assert all(word in shown for word in words)
            assert [cell_len(line) for line in lines(app)] == [60] * 20


@drives
async def test_it_lives_at_any_size() -> None:
    """Every size is filled exactly; where nothing can be seen it says so."""
    chart = Chart()
    app = Showing(chart)
    chart.show(FIT, "zh")
    async with app.run_test(size=(60, 20)) as pilot:
        for size in ((1, 1), (2, 3), (4, 2), (12, 3), (13, 4), (20, 5), (40, 8), (200, 60)):
            await pilot.resize_terminal(*size)
            assert [cell_len(line) for line in lines(app)] == [size[0]] * size[1]
        await pilot.resize_terminal(50, 3)
        assert Catalog("zh").say("chart.no_room") in lines(app)[0]
        chart.show(None, "en")
        await pilot.pause()
        assert Catalog("en").say("chart.nothing") in lines(app)[0]


@given(
    st.lists(st.tuples(st.lists(st.tuples(FINITE, FINITE), max_size=6), st.booleans()), max_size=5),
    st.integers(0, 70),
    st.integers(0, 30),
)
@settings(max_examples=300)
def test_any_numbers_at_any_size(drawn: list[tuple[list[tuple[float, float]], bool]], width: int, height: int) -> None:
    """Numbers of any size, few, equal or none, are drawn in exactly the rows there are, none of them too wide."""
    plot = plot_of(
        *(
            series(tuple(x for x, _ in points), tuple(y for _, y in points), kind="line" if line else "points")
            for points, line in drawn
        )
    )
    rows = curve_rows(plot, "zh", width, height)
    assert len(rows) in {0, height}
    assert all(cell_len(plain_text(row.runs)) <= width for row in rows)


def test_curves_differ_without_colours() -> None:
    """Under NO_COLOR lines differ in their dashes and points in their marks, and the legend shows which is which."""
    flat = [series((0.0, 1.0), (float(level), float(level)), name=str(level)) for level in range(4)]
    clouds = [series((0.5,), (level + 0.5,), name=str(level), kind="points") for level in range(4)]
    rows = [plain_text(row.runs) for row in curve_rows(plot_of(*flat, *clouds), "en", 60, 30)]
    drawn = [row.split("┤")[-1].split("│")[-1].strip() for row in rows[2:-3]]
    assert len({row for row in drawn if len(row) > 40}) == 4
    marks = {char for row in drawn for char in row if char in "•×+o▴▪"}
    assert len(marks) == 4
    legend = "".join(rows[:3])
    assert all(mark in legend for mark in marks)


def test_names_of_curves_may_take_more_than_half() -> None:
    """A legend that needs most of the rows stays as long as the curves can be read; the caption goes first."""
    many = plot_of(*(series((0.0, 1.0), (level, level + 1.0), name=f"a long name {level}") for level in range(7)))
    rows = [plain_text(row.runs) for row in curve_rows(many, "en", 36, 16)]
    assert rows[0] == "Title"
    assert all(f"a long name {level}" in "".join(rows) for level in range(7))
    assert not any("→ step" in row for row in rows)
    assert any("→ step" in plain_text(row.runs) for row in curve_rows(many, "en", 36, 24))


def test_an_arrow_stays_with_its_words() -> None:
    """Where both axes have no room in a row, each gets its own."""
    rows = [plain_text(row.runs).strip() for row in curve_rows(FIT, "en", 15, 24)]
    assert rows[-2:] == ["↑ loss", "→ step"]


@pytest.mark.parametrize("system", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT], ids=lambda system: system.name)
@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
@drives
async def test_all_that_is_rendered_has_contrast(theme: str, system: ColorSystem) -> None:
    """Words, numbers and curves have 4.5:1 in every theme; the axes are only drawn."""
    chart = Chart()
    app = Showing(chart, theme)
    chart.show(plot_of(*(series((0.0, 1.0), (level, level + 1.0), name=str(level)) for level in range(6))), "en")
    async with app.run_test(size=(60, 20)):
        seen = [piece for piece in pieces(app, system) if not set(piece.text) <= set("─│┤┬└ ")]
        assert len({piece.foreground for piece in seen}) >= 5
        assert not [piece for piece in seen if contrast(piece.foreground, piece.background) < 4.5]


@drives
async def test_it_takes_no_focus_and_follows_the_theme() -> None:
    """Neither tab nor mouse gets into it, and another theme colours what is drawn already."""
    chart = Chart()
    app = Showing(chart)
    chart.show(FIT, "en")
    async with app.run_test(size=(60, 20)) as pilot:
        before, text = {piece.foreground for piece in pieces(app)}, lines(app)
        await pilot.press("tab")
        await pilot.click(chart, offset=(20, 10))
        assert app.focused is None
        app.theme = "paper"
        await pilot.pause()
        assert not before & {piece.foreground for piece in pieces(app)}
        assert lines(app) == text


def test_drawing_is_quick() -> None:
    """The most that a plot holds is drawn at the size of a large screen within a frame or two."""
    full = plot_of(*(series(tuple(map(float, range(400))), SIN * 4, name=str(index)) for index in range(8)))
    begin = time.process_time()
    curve_rows(full, "zh", 200, 60)
    assert time.process_time() - begin < 0.3


def test_nothing_heavy_is_imported() -> None:
    """The widgets bring neither numpy nor a lexer nor a parser before they are needed."""
    code = (
        "import sys, tui.prose, tui.chart, tui.themes;"
        "print(sorted({'numpy', 'matplotlib', 'torch', 'pygments.lexers.python', 'markdown_it'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
