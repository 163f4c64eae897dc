"""How the command line looks: colour and symbols on a terminal, words everywhere."""

from __future__ import annotations

import unicodedata
from enum import Enum
from typing import TYPE_CHECKING, TextIO

import click

from grader.sanitise import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 20_000
_WIDE = frozenset("WF")
_SYMBOLS: Mapping[str, str] = {
    "passed": "✓",
    "attempted": "~",
    "never": "·",
    "not_started": "·",
    "skipped": "-",
    "ok": "✓",
    "note": "·",
}


class Style(Enum):
    """What a piece of text is, which decides its colour."""

    GOOD = "green"
    BAD = "red"
    NOTE = "yellow"
    PLACE = "cyan"
    FAINT = "bright_black"


class Screen:
    """Paints text for one stream."""

    def __init__(self, stream: TextIO, environ: Mapping[str, str]) -> None:
        terminal = stream.isatty()
        self.colours = terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
        self.symbols = terminal and _can_write(stream, "✓✗·~")

    def paint(self, text: str, style: Style | None = None, *, bold: bool = False) -> str:
        """Return `text` cleaned of control characters and, on a terminal, coloured."""
        shown = plain(text, _LONGEST)
        if not self.colours:
            return shown
        return click.style(shown, fg=style.value if style else None, bold=bold or None)

    def status(self, status: str, word: str, *, columns: int = 0) -> str:
        """Return the `word` for `status`, padded, with its symbol before it on a terminal."""
        symbol = f"{_SYMBOLS.get(status, '✗')} " if self.symbols else ""
        return self.paint(f"{symbol}{padded(word, columns)}", style_of(status))


def style_of(status: str) -> Style:
    """Return the style in which `status` is shown."""
    if status in {"passed", "ok"}:
        return Style.GOOD
    if status in {"never", "not_started", "skipped"}:
        return Style.FAINT
    return Style.NOTE if status in {"attempted", "note"} else Style.BAD


def padded(text: str, columns: int) -> str:
    """Return `text` filled up with spaces; Chinese characters count as two columns."""
    return text + " " * (columns - columns_of(text))


def columns_of(text: str) -> int:
    """Return how many columns of a terminal `text` takes."""
    return sum(2 if unicodedata.east_asian_width(char) in _WIDE else 1 for char in text)


def _can_write(stream: TextIO, text: str) -> bool:
    try:
        text.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
