"""Round numbers along an axis."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.chart.axis import axis_of

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(FINITE, max_size=5), st.integers(0, 12))
@settings(max_examples=300)
def test_an_axis_holds_its_numbers(values: list[float], most: int) -> None:
    """There are two ticks at least and not too many, told apart by short labels; values lie between the ends."""
    axis = axis_of(values, most_ticks=most)
    assert 2 <= len(axis.ticks) <= max(most, 2)
    assert len(set(axis.labels)) == len(axis.labels) == len(axis.ticks)
    assert list(axis.ticks) == sorted(set(axis.ticks))
    assert all(axis.low <= tick <= axis.high for tick in axis.ticks)
    assert all(0 <= axis.place(value) <= 1 for value in values)
    assert all(len(label) <= 16 for label in axis.labels)


@given(st.lists(FINITE, min_size=1, max_size=5), st.integers(2, 12))
@settings(max_examples=300)
def test_ticks_are_evenly_spaced(values: list[float], most: int) -> None:
    """Neighbours are as far apart as any others, so that places between them can be read."""
    ticks = axis_of(values, most_ticks=most).ticks
    gaps = [(after - before) / (ticks[1] - ticks[0]) for before, after in pairwise(ticks)]
    assert all(math.isclose(gap, 1, rel_tol=1e-6) for gap in gaps)


@pytest.mark.parametrize(
    ("values", "most", "labels"),
    [
        ((0.0, 100.0), 6, ("0", "20", "40", "60", "80", "100")),
        ((0.0, 10.0), 6, ("0", "2", "4", "6", "8", "10")),
        ((0.0, 1.0), 4, ("0.0", "0.5", "1.0")),
        ((-0.1, 0.1), 6, ("−0.10", "−0.05", "0.00", "0.05", "0.10")),
        ((-1.0, 1.0), 4, ("−1", "0", "1")),
        ((0.0, 0.013), 3, ("0.000", "0.005", "0.010")),
        ((0.0, 1e7), 6, ("0", "2e6", "4e6", "6e6", "8e6", "1e7")),
        ((0.0, 3e-6), 4, ("0", "1e−6", "2e−6", "3e−6")),
        ((5.0, 5.0), 6, ("3", "4", "5", "6", "7")),
        ((0.0,), 3, ("−1", "0", "1")),
        ((), 3, ("−1", "0", "1")),
        ((1e6, 1e6 + 4), 3, ("1000000", "1000002", "1000004")),
        ((1.0, 1.0 + 1e-12), 3, ("0.5", "1.0", "1.5")),
    ],
)
def test_numbers_are_round_and_short(values: tuple[float, ...], most: int, labels: tuple[str, ...]) -> None:
    """Steps are 1, 2 or 5 times a power of ten; what only rounding tells apart is one number."""
    assert axis_of(values, most_ticks=most).labels == labels


@pytest.mark.parametrize(
    ("values", "labels"), [((2.5, 9.0), ("4", "8")), ((0.4, 9.0), ("2", "6")), ((7.0, 13.0), ("8", "12"))]
)
def test_two_ticks_where_a_round_step_would_give_one(values: tuple[float, ...], labels: tuple[str, ...]) -> None:
    """One number gives no scale, so that some of a finer step are taken."""
    assert axis_of(values, most_ticks=2).labels == labels


@pytest.mark.parametrize("size", [1e-300, 1e-12, 1e-3, 1.0, 12345.678, 1e9, 1e100])
@pytest.mark.parametrize("offset", [0.0, -1.0, 1e3])
def test_there_is_air_around_values_of_every_size(size: float, offset: float) -> None:
    """The ends are finite and beyond the values."""
    values = [offset * size, offset * size + size / 3, offset * size + size]
    axis = axis_of(values, most_ticks=6)
    assert math.isfinite(axis.low)
    assert math.isfinite(axis.high)
    assert axis.low < min(values)
    assert max(values) < axis.high


def test_ascii_has_a_hyphen_for_a_minus() -> None:
    """A terminal without Chinese has no minus either."""
    assert axis_of([-1.0, 1.0], most_ticks=3, ascii_only=True).labels == ("-1", "0", "1")
