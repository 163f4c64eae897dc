"""The curves of a plot, from whatever the learner's code returned: as many x as y, finite, bounded."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import msgspec
import torch

from grader.judge.student import NumpyValue
from grader.model import Plot, Series, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_SERIES = 8
MOST_POINTS = 400
# Beyond this the width of an axis may overflow a float.
LARGEST = 1e100


class NothingToSeeError(Exception):
    """The learner's code runs, but what it returns makes no picture."""


def line(x: object, y: object, *, label: Text, within: tuple[float, float] | None = None) -> Series:
    """Return the points (x, y), joined.

    Args:
        x: a tensor of any shape, a NumPy value or a sequence of floats.
        y: the same, with as many numbers.
        label: what the legend says.
        within: least and largest y to show. Where the line leaves them it ends, so that a
            loss that explodes does not press all else flat. A line that is never within
            them is shown whole.

    Raises:
        NothingToSeeError: they are no numbers, or not equally many.
    """
    across, up = _numbers(x, y)
    if within is not None:
        across, up = _cut(across, up, *within)
    return _series(label, across, up, "line")


def points(x: object, y: object, *, label: Text) -> Series:
    """Return the points (x, y), each by itself; see `line`."""
    return _series(label, *_numbers(x, y), "points")


def presentable(plot: Plot) -> Plot:
    """Return `plot` with finite and not too many points.

    Raises:
        NothingToSeeError: a series has no finite point.
    """
    return msgspec.structs.replace(plot, series=tuple(map(_finite, plot.series[:MOST_SERIES])))


def _series(label: Text, x: Sequence[float], y: Sequence[float], kind: Literal["line", "points"]) -> Series:
    return Series(label=label, x=tuple(x), y=tuple(y), kind=kind)


def _finite(series: Series) -> Series:
    pairs = [(x, y) for x, y in zip(series.x, series.y, strict=True) if _is_finite(x) and _is_finite(y)]
    if not pairs:
        raise NothingToSeeError
    if len(pairs) > MOST_POINTS:
        last = len(pairs) - 1
        pairs = [pairs[round(n * last / (MOST_POINTS - 1))] for n in range(MOST_POINTS)]
    x, y = zip(*pairs, strict=True)
    return msgspec.structs.replace(series, x=x, y=y)


def _is_finite(value: float) -> bool:
    return abs(value) <= LARGEST  # false for NaN


def _numbers(x: object, y: object) -> tuple[list[float], list[float]]:
    # Counted first: a learner's result may hold millions.
    if _count(x) != _count(y):
        raise NothingToSeeError
    return _floats(x), _floats(y)


def _count(values: object) -> int:
    plain = values.tensor if isinstance(values, NumpyValue) else values
    if isinstance(plain, torch.Tensor):
        return plain.numel()
    if isinstance(plain, list | tuple | range):
        return len(plain)
    raise NothingToSeeError


def _floats(values: object) -> list[float]:
    plain = values.tensor if isinstance(values, NumpyValue) else values
    if isinstance(plain, torch.Tensor):
        if plain.is_complex() or plain.is_meta:
            raise NothingToSeeError
        return plain.detach().double().flatten().tolist()
    if isinstance(plain, list | tuple | range):
        return [_float(each) for each in plain]
    raise NothingToSeeError


def _float(value: object) -> float:
    # A learner's list may hold NumPy's numbers, or tensors of one.
    plain = value.tensor if isinstance(value, NumpyValue) else value
    if isinstance(plain, torch.Tensor) and plain.numel() == 1:
        (found,) = _floats(plain)
        return found
    if not isinstance(plain, int | float):
        raise NothingToSeeError
    try:
        return float(plain)
    except OverflowError:
        return math.inf


def _cut(x: Sequence[float], y: Sequence[float], low: float, high: float) -> tuple[list[float], list[float]]:
    """Return the first stretch of a line between `low` and `high`, with where it enters and leaves."""
    inside = [low <= value <= high for value in y]
    if True not in inside:
        return list(x), list(y)
    first = inside.index(True)
    after = next((n for n in range(first, len(y)) if not inside[n]), len(y))
    pairs = list(zip(x[first:after], y[first:after], strict=True))
    if first > 0:
        pairs[:0] = _crossing(x, y, first, first - 1, low, high)
    if after < len(y):
        pairs += _crossing(x, y, after - 1, after, low, high)
    across, up = zip(*pairs, strict=True)
    return list(across), list(up)


def _crossing(
    x: Sequence[float], y: Sequence[float], inner: int, outer: int, low: float, high: float
) -> Iterator[tuple[float, float]]:
    """Yield where the line between two neighbours crosses the bound, if anywhere."""
    if math.isnan(y[outer]):
        return
    bound = low if y[outer] < low else high
    part = (bound - y[inner]) / (y[outer] - y[inner])
    yield x[inner] + part * (x[outer] - x[inner]), bound
