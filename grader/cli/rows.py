"""Fit painted lines into the columns of a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.cells import cell_len

from grader.wrapping import cut_ranges, wrapped_ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

# `Screen.paint` cleans what it paints, so that every other sequence is gone by now.
_STYLE = re.compile(r"\x1b\[[0-9;]*m")
_RESET = "\x1b[0m"
_TAB = 4
# What a continued line stands under: the text behind a status, a bullet, a number, the bar of output or spaces.
_INDENT = re.compile(r" *(?:(?P<status>[✓✗·~-] [^ ].{0,20}?  +)|[-*•|] +|\d+\. +)?")
# Columns that were lined up serve no purpose once the line is broken.
_PADDING = re.compile(r"(?<=\S) {3,}")
_CUT = "…"


def bare(line: str) -> str:
    """Return `line` without its styles."""
    return _STYLE.sub("", line)


def wrapped(line: str, columns: int) -> list[str]:
    """Return the rows of a painted `line`, none wider than `columns`, its styles kept on each."""
    line = line.expandtabs(_TAB)
    text = bare(line)
    if cell_len(text) <= columns:
        return [line]
    indent = _INDENT.match(text)
    hang = indent.end() if indent else 0
    margin = cell_len(text[:hang])
    # Beside the indent there must be room for a wide character.
    if margin > min(columns // 2, columns - 2):
        hang = margin = 0
    head, rest = _between(line, 0, hang), _between(line, hang, len(text))
    if hang and indent and indent["status"]:
        rest = _PADDING.sub("  ", rest)
    first, *others = (_between(rest, start, end) for start, end in wrapped_ranges(bare(rest), columns - margin))
    return [f"{head}{first}", *(f"{' ' * margin}{other}" for other in others)]


def fitted(line: str, columns: int) -> str:
    """Return a painted `line` cut to `columns`, and saying so with `…`."""
    text = bare(line)
    if cell_len(text) <= columns:
        return line
    if columns < 1:
        return ""
    start, end = cut_ranges(text, max(1, columns - 1))[0]
    # A wide character has no room in one column.
    return _CUT if cell_len(text[start:end]) >= columns else f"{_between(line, start, end)}{_CUT}"


def fitted_left(text: str, columns: int) -> str:
    """Return a plain `text` that lacks its beginning where it is too long: the end of a path tells the most."""
    if cell_len(text) <= columns:
        return text
    while text and cell_len(text) > columns - 1:
        text = text[1:]
    return f"{_CUT}{text}" if columns > 0 else ""


def spread(left: str, right: str, columns: int) -> str:
    """Return one row with `left` at its left and `right` at its right, which has precedence."""
    right = fitted(right, columns)
    room = columns - cell_len(bare(right))
    left = fitted(left, max(0, room - 1))
    return f"{left}{' ' * (room - cell_len(bare(left)))}{right}"


def _between(line: str, start: int, end: int) -> str:
    """Return the characters `start` to `end` of the bare text with the styles that they have in `line`."""
    before: list[str] = []
    kept: list[str] = []
    at = 0
    for piece in _pieces(line):
        if piece.startswith("\x1b"):
            if at <= start and not kept:
                before = [] if piece == _RESET else [*before, piece]
            elif at < end:
                kept.append(piece)
            continue
        inside = piece[max(0, start - at) : max(0, end - at)]
        if inside:
            kept.append(inside)
        at += len(piece)
    if not before and not any(piece.startswith("\x1b") for piece in kept):
        return "".join(kept)
    return "".join([*before, *kept, _RESET])


def _pieces(line: str) -> Sequence[str]:
    return [piece for piece in re.split(r"(\x1b\[[0-9;]*m)", line) if piece]
