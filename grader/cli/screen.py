"""How the command line looks: colour and symbols on a terminal, words everywhere."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, TextIO

import click
from rich.cells import cell_len

from grader.sanitise import plain
from grader.signs import SYMBOLS, sign_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 20_000


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
        self.symbols = terminal and can_write(stream, SYMBOLS)

    def paint(self, text: str, style: Style | None = None, *, bold: bool = False) -> str:
        """Return `text` cleaned of control characters and, on a terminal, coloured."""
        shown = plain(text, _LONGEST)
        if not self.colours:
            return shown
        return click.style(shown, fg=style.value if style else None, bold=bold or None)

    def status(self, status: str, word: str, *, columns: int = 0) -> str:
        """Return the `word` for `status`, padded, with its symbol before it on a terminal."""
        sign = sign_of(status)
        symbol = f"{sign.symbol} " if self.symbols else ""
        return self.paint(f"{symbol}{padded(word, columns)}", Style[sign.tone.upper()])


def padded(text: str, columns: int) -> str:
    """Return `text` filled up with spaces; Chinese characters count as two columns."""
    return text + " " * (columns - columns_of(text))


def columns_of(text: str) -> int:
    """Return how many columns of a terminal `text` takes."""
    return cell_len(text)


def can_write(stream: TextIO, text: str) -> bool:
    """Say whether the encoding of `stream` has all characters of `text`."""
    try:
        text.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
