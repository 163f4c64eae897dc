"""Curves between their axes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.chart.figure import FOOT_ROWS, NEEDED_CHARACTERS, Figure, figure_of, signs
from grader.model import Series, Text

FINITE = st.floats(allow_nan=False, allow_infinity=False)


def series(x: tuple[float, ...], y: tuple[float, ...], kind: str = "line") -> Series:
    """Return a series."""
    return Series(label=Text("curve", "曲线"), x=x, y=y, kind="points" if kind == "points" else "line")


def lines(figure: Figure) -> list[str]:
    """Return all rows of a figure."""
    drawn = [f"{each.number} {each.axis}{''.join(text for text, _ in each.runs)}" for each in figure.rows]
    before = " " * (figure.margin + 1)
    return [*drawn, before + figure.rule, before + figure.numbers]


def test_a_figure_by_example() -> None:
    """Numbers, axes and curves hang together."""
    figure = figure_of([series((0.0, 10.0), (0.0, 4.0))], columns=30, rows=7, ascii_only=True)
    assert [line.rstrip() for line in lines(figure)] == [
        "4 +                       ***",
        "  |                    ***",
        "  |               *****",
        "2 +            ***",
        "  |       *****",
        "  |    ***",
        "0 + ***",
        "  +-+-----------+-----------+-",
        "    0           5          10",
    ]


@given(
    drawn=st.lists(st.tuples(st.lists(st.tuples(FINITE, FINITE), max_size=6), st.booleans()), max_size=5),
    columns=st.integers(1, 70),
    rows=st.integers(1, 30),
    ascii_only=st.booleans(),
)
@settings(max_examples=200)
def test_any_numbers_at_any_size(
    drawn: list[tuple[list[tuple[float, float]], bool]], columns: int, rows: int, *, ascii_only: bool
) -> None:
    """A figure fills its rows, is as wide as it was asked for, and uses only characters that were asked for."""
    figure = figure_of(
        [
            series(tuple(x for x, _ in points), tuple(y for _, y in points), "line" if line else "points")
            for points, line in drawn
        ],
        columns=columns,
        rows=rows,
        ascii_only=ascii_only,
    )
    shown = lines(figure)
    assert len(shown) == rows + FOOT_ROWS
    assert len({len(line) for line in shown[:-1]}) == 1
    if figure.columns > 1:
        assert len(shown[0]) == columns
    if ascii_only:
        assert "".join(shown).isascii()
    else:
        allowed = {*NEEDED_CHARACTERS, *map(chr, range(0x2800, 0x2900))}
        assert all(char.isascii() or char in allowed for line in shown for char in line)


@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("rows", range(4, 25))
def test_a_tick_lies_where_the_curve_of_its_value_lies(rows: int, *, ascii_only: bool) -> None:
    """A level curve at a number that is written beside the axis runs in the row of that number."""
    level = [series((0.0, 1.0), (value, value)) for value in (0.0, 0.5, 1.0)]
    figure = figure_of(level, columns=40, rows=rows, ascii_only=ascii_only)
    found = {float(row.number): row for row in figure.rows if row.number.strip()}
    assert len(found) >= 2
    for curve, value in enumerate((0.0, 0.5, 1.0)):
        if value in found:
            assert curve in {owner for _, owner in found[value].runs}


@pytest.mark.parametrize("columns", range(20, 110, 3))
@pytest.mark.parametrize("most", [1.0, 123456.0, 3e-7])
def test_every_tick_below_has_its_number(columns: int, most: float) -> None:
    """There are two ticks at least, and as many as there are numbers, none of which touch."""
    figure = figure_of([series((0.0, most), (0.0, 1.0))], columns=columns, rows=8)
    assert 2 <= figure.rule.count("┬") == len(figure.numbers.split())


def test_a_legend_tells_kinds_apart() -> None:
    """Lines have dashes of their own and points marks of their own."""
    curves = [series((0.0,), (0.0,), kind) for kind in ("line", "points", "line", "points")]
    assert signs(curves) == ["⠤⠤⠤⠤", "•", "⠤⠤⠄ ", "×"]
    assert signs(curves, ascii_only=True) == ["****", "o", "####", "x"]


def test_one_point_is_a_picture() -> None:
    """A single point has axes around it, with numbers on both sides of it."""
    figure = figure_of([series((3.0,), (7.0,), "points")], columns=40, rows=9)
    assert sum("•" in line for line in lines(figure)) == 1
    assert "•" in lines(figure)[4]
    assert figure.numbers.split() == ["2", "3", "4"]
