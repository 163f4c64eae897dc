"""Scores added up, scaled and written as plain numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grader.batch.records import Row

_DECIMALS = 4
_SHOWN_DECIMALS = 2


def number(value: float) -> str:
    """Return `value` with four decimals at most and no trailing zeros: `6.6667`, `10`."""
    return _plain(value, _DECIMALS)


def short_number(value: float) -> str:
    """Return `value` as people read points: with two decimals at most."""
    return _plain(value, _SHOWN_DECIMALS)


def total(rows: Iterable[Row]) -> float | None:
    """Return the sum of the scores, or None where one is unknown: what the grader failed to grade is no zero."""
    scores = [row.score for row in rows]
    known = [score for score in scores if score is not None]
    return sum(known) if len(known) == len(scores) else None


def full_marks(rows: Iterable[Row]) -> float:
    """Return the most that `rows` can earn."""
    return sum(row.max_score for row in rows)


def scaled(score: float, *, of: float, to: float) -> float:
    """Return `score` out of `of` points as a score out of `to` points, rounded to two decimals.

    Where both are the same, or one of them is no measure, the score stays as it is.
    """
    share = score if of == to or of <= 0 or to <= 0 else score / of * to
    return round(share, _SHOWN_DECIMALS)


def _plain(value: float, decimals: int) -> str:
    # Adding zero turns the negative one into the other.
    text = f"{round(value, decimals) + 0.0:.{decimals}f}"
    return text.rstrip("0").rstrip(".")
