"""Cells with curves on them."""

from __future__ import annotations

import pytest

from grader.chart.canvas import Canvas, mark_of, sample


def rows(canvas: Canvas) -> list[str]:
    """Return what is drawn."""
    return ["".join(text for text, _ in canvas.runs(row)) for row in range(canvas.rows)]


@pytest.mark.parametrize("ascii_only", [False, True])
def test_a_mark_is_where_its_point_is(*, ascii_only: bool) -> None:
    """The corners of the canvas are the corners of its numbers, and what is beyond lies at the edge."""
    canvas = Canvas(10, 5, ascii_only=ascii_only)
    canvas.points([(0.0, 0.0), (1.0, 1.0), (0.0, 7.0)], 0, kind=3)
    mark = mark_of(3, ascii_only=ascii_only)
    assert rows(canvas) == [f"{mark}{' ' * 8}{mark}", *[" " * 10] * 3, f"{mark}{' ' * 9}"]


def test_a_rising_line_rises() -> None:
    """A line from the lower left to the upper right leaves no gap in between."""
    canvas = Canvas(6, 6, ascii_only=True)
    canvas.line([(0.0, 0.0), (1.0, 1.0)], 0, kind=0)
    assert rows(canvas) == [" " * (5 - n) + "*" + " " * n for n in range(6)]


def test_a_line_has_eight_dots_to_a_cell() -> None:
    """A steep line has no gaps, and a diagonal is made of dots."""
    canvas = Canvas(2, 1)
    canvas.line([(0.0, 0.0), (1.0, 1.0)], 0, kind=0)
    assert rows(canvas) == ["⡠⠊"]
    steep = Canvas(10, 5)
    steep.line([(0.5, 0.0), (0.5, 1.0)], 0, kind=0)
    assert all(row.strip() in "⡇⢸" for row in rows(steep))


def test_curves_that_meet_keep_their_dots() -> None:
    """Two lines in one cell are both seen; the cell has the colour of the later one."""
    canvas = Canvas(3, 1)
    canvas.line([(0.0, 1.0), (1.0, 1.0)], 0, kind=0)
    canvas.line([(0.5, 0.0), (1.0, 0.0)], 1, kind=0)
    assert list(canvas.runs(0)) == [("⠉", 0), ("⣉⣉", 1)]


def test_the_later_one_of_mark_and_line_is_on_top() -> None:
    """A mark hides a line, and a line that is drawn over a mark takes its place."""
    canvas = Canvas(3, 1)
    canvas.line([(0.0, 1.0), (1.0, 1.0)], 0, kind=0)
    canvas.points([(0.0, 1.0), (1.0, 1.0)], 1, kind=0)
    assert list(canvas.runs(0)) == [("•", 1), ("⠉", 0), ("•", 1)]
    canvas.line([(0.0, 0.0), (0.2, 0.0)], 2, kind=0)
    assert list(canvas.runs(0)) == [("⣉", 2), ("⠉", 0), ("•", 1)]


@pytest.mark.parametrize("ascii_only", [False, True])
def test_curves_differ_without_colours(*, ascii_only: bool) -> None:
    """Seven lines and six marks are told apart by their shape alone."""
    assert len({sample(kind, 4, ascii_only=ascii_only) for kind in range(7)}) == 7
    assert len({mark_of(kind, ascii_only=ascii_only) for kind in range(6)}) == 6


@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("y", [0.0, 0.1, 0.49, 0.5, 0.51, 0.77, 1.0])
def test_places_are_told_as_they_are_drawn(y: float, *, ascii_only: bool) -> None:
    """A tick beside a row or below a column lies where a curve of that value lies."""
    canvas = Canvas(10, 7, ascii_only=ascii_only)
    canvas.line([(0.0, y), (1.0, y)], 0, kind=0)
    assert [bool(row.strip()) for row in rows(canvas)].index(True) == canvas.row_of(y)
    across = Canvas(10, 7, ascii_only=ascii_only)
    across.line([(y, 0.0), (y, 1.0)], 0, kind=0)
    assert len(rows(across)[0].rstrip()) - 1 == across.column_of(y)
