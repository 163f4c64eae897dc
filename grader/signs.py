"""The symbol and the tone of a status, the same wherever one is shown."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

Tone = Literal["good", "bad", "note", "faint"]


class Sign(NamedTuple):
    """A symbol of one column, and the tone that decides its colour."""

    symbol: str
    tone: Tone


GOOD = Sign("✓", "good")
BAD = Sign("✗", "bad")

_SIGNS: Mapping[str, Sign] = MappingProxyType(
    {
        "passed": GOOD,
        "ok": GOOD,
        "attempted": Sign("~", "note"),
        "note": Sign("·", "note"),
        # To be done, unlike what only waits for its turn.
        "not_started": Sign("·", "note"),
        "never": Sign("·", "faint"),
        "skipped": Sign("-", "faint"),
    }
)

SYMBOLS = "".join(sorted({BAD.symbol, *(sign.symbol for sign in _SIGNS.values())}))
"""All symbols: what a terminal must be able to show."""


def sign_of(status: str) -> Sign:
    """Return the sign of the status of a check or an exercise, or of what the doctor found."""
    return _SIGNS.get(status, BAD)
