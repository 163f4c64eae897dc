"""Round numbers along an axis, and where values lie between its ends."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_TICKS = 2
"""One number gives no scale."""

# The ends of an axis must not be infinitely far apart.
_LARGEST = 1e300
_SMALLEST = 1e-100
# Values that differ by less are the same to a float32, and would need labels longer than the plot is wide.
_FLAT = 1e-7
_ROUNDING = 1e-9
# Beyond these a number is written with its power of ten.
_LARGEST_PLAIN = 1e5
_SMALLEST_PLAIN = 1e-4
_MARGIN = 0.03


@dataclass(frozen=True, slots=True)
class Axis:
    """The numbers from `low` to `high`, and those of them that are written down."""

    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]

    def place(self, value: float) -> float:
        """Return where `value` lies: 0 at the lower end, 1 at the upper, never beyond them."""
        return (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)


def axis_of(values: Sequence[float], *, most_ticks: int, ascii_only: bool = False) -> Axis:
    """Return an axis that holds all finite `values` with a little air around them, and two ticks or more.

    Args:
        values: what it must hold; without any, it lies around 0.
        most_ticks: how many ticks there is room for; less than two count as two.
        ascii_only: whether a minus must be a hyphen.
    """
    inside = [min(max(value, -_LARGEST), _LARGEST) for value in values if math.isfinite(value)] or [0.0]
    least, most = min(inside), max(inside)
    size = max(abs(least), abs(most))
    if most - least <= max(size * _FLAT, _SMALLEST):
        half = size / 2 if size > _SMALLEST else 1.0
        least, most = least - half, most + half
    air = (most - least) * _MARGIN
    low, high = least - air, most + air
    step, ticks = _ticks(low, high, max(most_ticks, LEAST_TICKS))
    size = max(abs(low), abs(high))
    labels = [_written(tick, step, size) for tick in ticks]
    return Axis(low, high, ticks, tuple(label if ascii_only else label.replace("-", "−") for label in labels))


def _ticks(low: float, high: float, most: int) -> tuple[float, tuple[float, ...]]:
    """Return a round step, and from two to `most` multiples of it, as many as can be."""
    # From the last power of ten that gives too many.
    unit = 10.0 ** math.floor(math.log10((high - low) / (most + 1)))
    finer: tuple[float, ...] = ()
    for factor in (1, 2, 5, 10, 20, 50, 100):
        step = unit * factor
        ticks = tuple(number * step for number in range(math.ceil(low / step), math.floor(high / step) + 1))
        if len(ticks) <= most:
            break
        finer, finer_step = ticks, step
    if len(ticks) >= LEAST_TICKS:
        return step, ticks
    return finer_step, finer[:: math.ceil(len(finer) / most)]


def _written(value: float, step: float, size: float) -> str:
    value = 0.0 if abs(value) < step / 2 else value
    power = _power_of(step)
    if size < _LARGEST_PLAIN and step >= _SMALLEST_PLAIN:
        return f"{value:.{max(0, -power)}f}"
    # As many digits as tell neighbours apart.
    text = f"{value:.{max(0, _power_of(size) - power) + 1}g}"
    return text.replace("e+0", "e").replace("e-0", "e-").replace("e+", "e")


def _power_of(value: float) -> int:
    return math.floor(math.log10(value) + _ROUNDING)
