"""Lines of the screen as pieces of styled text: cut or filled to the very width, whatever the language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual.widget import Widget

Paint = Literal["plain", "title", "good", "bad", "note", "faint", "key", "bar", "track", "tab"]
PAINTS: tuple[Paint, ...] = ("plain", "title", "good", "bad", "note", "faint", "key", "bar", "track", "tab")
Piece = tuple[str, Paint]

_CUT = "…"


PAINT_CLASSES: frozenset[str] = frozenset(f"paint--{paint}" for paint in PAINTS)
"""The component classes of a widget that paints; app.tcss gives them their colours."""


def painted(widget: Widget, pieces: Sequence[Piece], width: int, over: Style | None = None) -> Strip:
    """Return `pieces` as a strip of exactly `width` cells, in the colours of `widget`; `over` lies over all of it."""
    base = widget.rich_style if over is None else widget.rich_style + over
    segments = []
    for text, paint in fitted(pieces, width):
        style = widget.get_component_rich_style(f"paint--{paint}")
        segments.append(Segment(text, style if over is None else style + over))
    return Strip(segments).adjust_cell_length(width, base)


def cells(pieces: Sequence[Piece]) -> int:
    """Return how many cells `pieces` take."""
    return sum(cell_len(text) for text, _ in pieces)


def fitted(pieces: Sequence[Piece], width: int) -> list[Piece]:
    """Return `pieces` cut to `width` cells; a cut is marked by an ellipsis."""
    if cells(pieces) <= width:
        return list(pieces)
    left = width - cell_len(_CUT)
    kept: list[Piece] = []
    for text, paint in pieces:
        size = cell_len(text)
        if size > left:
            # A wide character that does not fit leaves a space, which would look like one of ours.
            kept.append((set_cell_size(text, max(left, 0)).rstrip(" ") + _CUT, paint))
            break
        kept.append((text, paint))
        left -= size
    return kept if width > 0 else []
