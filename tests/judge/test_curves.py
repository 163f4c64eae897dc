"""Curves from what a learner's code returned: counted, finite, thinned, cut where they leave the picture."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from grader.judge.curves import LARGEST, MOST_POINTS, MOST_SERIES, NothingToSeeError, line, points, presentable
from grader.judge.student import NumpyValue
from grader.model import Plot, Series, Text

LABEL = Text("a", "甲")


def plot_with(*series: Series) -> Plot:
    """Return a plot of these series."""
    return Plot(title=LABEL, x_label=LABEL, y_label=LABEL, series=series)


def test_numbers_come_from_tensors_of_any_shape_and_from_sequences() -> None:
    """A column, a NumPy value, a range and a list of floats are all read in their order."""
    column = torch.tensor([[1.0], [4.0]], requires_grad=True)
    assert line(range(2), column, label=LABEL) == Series(label=LABEL, x=(0.0, 1.0), y=(1.0, 4.0), kind="line")
    found = points([0.5, 1.5], NumpyValue(torch.tensor([2, 3])), label=LABEL)
    assert (found.x, found.y, found.kind) == ((0.5, 1.5), (2.0, 3.0), "points")


@pytest.mark.parametrize(
    "value",
    [
        torch.zeros(3),
        torch.zeros(2, dtype=torch.complex64),
        torch.zeros(2, device="meta"),
        ["1", "2"],
        [1.0, None],
        "ab",
        {1: 2, 3: 4},
        None,
        7.0,
    ],
)
def test_what_is_no_row_of_numbers_makes_no_picture(value: Any) -> None:
    """Another count than that of x, or anything but real numbers, is refused."""
    with pytest.raises(NothingToSeeError):
        line([0.0, 1.0], value, label=LABEL)


def test_an_integer_beyond_floats_counts_as_infinite() -> None:
    """A Python integer may be larger than any float."""
    assert line([0.0], [10**400], label=LABEL).y == (math.inf,)


def test_points_without_a_finite_place_are_dropped() -> None:
    """NaN, infinity and what would overflow an axis are left out, with their x."""
    nan, inf = math.nan, math.inf
    found = presentable(plot_with(points([0, 1, 2, 3, 4, nan], [1.0, nan, inf, -inf, 10 * LARGEST, 2.0], label=LABEL)))
    assert (found.series[0].x, found.series[0].y) == ((0.0,), (1.0,))


@pytest.mark.parametrize("values", [[math.nan, math.inf], []])
def test_a_series_without_finite_points_makes_no_picture(values: list[float]) -> None:
    """One empty series is enough: a picture without the learner's curve says nothing."""
    good = points([0.0], [0.0], label=LABEL)
    with pytest.raises(NothingToSeeError):
        presentable(plot_with(good, line(range(len(values)), values, label=LABEL)))


def test_long_series_are_thinned_evenly() -> None:
    """The first and the last point stay, and no more than the bound between them."""
    (found,) = presentable(plot_with(line(range(10_000), torch.arange(10_000.0), label=LABEL))).series
    assert len(found.x) == MOST_POINTS
    assert (found.x[0], found.x[-1]) == (0.0, 9999.0)
    gaps = {round(b - a) for a, b in zip(found.x, found.x[1:], strict=False)}
    assert max(gaps) - min(gaps) <= 1


def test_a_plot_has_no_more_series_than_the_bound() -> None:
    """What exceeds it is left out."""
    many = [points([0.0], [float(n)], label=LABEL) for n in range(MOST_SERIES + 3)]
    assert len(presentable(plot_with(*many)).series) == MOST_SERIES


@pytest.mark.parametrize(
    ("y", "due_x", "due_y"),
    [
        ([1, 2, 3], (0, 1, 2), (1, 2, 3)),
        # Leaves upwards between 2 and 6, never to be seen again.
        ([1, 2, 6, 1], (0, 1, 1.5), (1, 2, 4)),
        ([-2, 2, 3], (0.5, 1, 2), (0, 2, 3)),
        ([1, math.inf], (0, 0), (1, 4)),
        ([1, math.nan, 2], (0,), (1,)),
        ([9, 1, -3], (0.625, 1, 1.25), (4, 1, 0)),
        # Never inside: shown as it is.
        ([7, 8], (0, 1), (7, 8)),
    ],
)
def test_a_line_ends_where_it_leaves_the_bounds(
    y: list[float], due_x: tuple[float, ...], due_y: tuple[float, ...]
) -> None:
    """The first stretch within 0 and 4 is kept, with the points where it crosses them."""
    found = line(range(len(y)), y, label=LABEL, within=(0.0, 4.0))
    assert found.x == pytest.approx(due_x)
    assert found.y == pytest.approx(due_y)
