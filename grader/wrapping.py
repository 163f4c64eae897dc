"""Break text into rows of terminal cells by the rules of Chinese and of Latin typography."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.cells import cell_len

if TYPE_CHECKING:
    from collections.abc import Iterator

Range = tuple[int, int]

# What takes two cells and may be broken around. Typography only: widths are those of `cell_len`.
_WIDE = (
    "\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f"
    "\uff00-\uff60\uffe0-\uffe6\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f900-\U0001faff\U00020000-\U0003fffd"
)
_SPACES = " \t\u3000"
# No row starts with these, wherever they stand, …
_CLOSING = "，。！？）、：；」』”’】》〉〕〗〙〛｝］｠…‥·・％‰℃°～〜ー々〻ゝゞヽヾ﹐﹑﹒﹔﹕﹖﹗﹚﹜﹞"
# … nor with these behind Chinese,
_ASCII_CLOSING = ")\\]}>,.:;!?%/"
# and none ends with these.
_OPENING = "（「『“‘【《〈〔〖〘〚｛［｟﹙﹛﹝"
_ASCII_OPENING = "(\\[{<"
# Straight quotes open or close: nobody can tell which, so that they hold on to both sides.
_QUOTES = "\"'`"
# They belong to the character before them.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u1ab0-\u1aff"
    "\u1dc0-\u1dff\u200c\u200d\u20d0-\u20ff\u302a-\u302f\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f"
    "\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef"
)

_NOT_BEFORE = f"{_CLOSING}{_ASCII_CLOSING}{_QUOTES}{_MARKS}{_SPACES}"
_NOT_AFTER = f"{_OPENING}{_ASCII_OPENING}{_QUOTES}{_SPACES}\u200d"
_BREAK = re.compile(
    # At spaces, unless a mark beyond them may not start a row or one before them may not end it; …
    f"(?<![{_SPACES}{_OPENING}])[{_SPACES}]++(?![{_CLOSING}])"
    # … behind a wide character, and before one.
    f"|(?<=[{_WIDE}”’…])(?<![{_NOT_AFTER}])(?![{_NOT_BEFORE}])(?=.)"
    f"|(?<=.)(?<![{_NOT_AFTER}])(?=[{_WIDE}“‘])(?![{_NOT_BEFORE}])",
    re.DOTALL,
)
# A character and all that is drawn upon it. A joiner takes the next character too.
_CLUSTER = re.compile(f".(?:\u200d.|[{_MARKS}])*+", re.DOTALL)
_STARTS_ROW = re.compile(f"[^{_CLOSING}{_ASCII_CLOSING}]")
_ENDS_ROW = re.compile(f"[^{_OPENING}{_ASCII_OPENING}]")
# A word that is too long is best cut behind or before one of these, if one is near.
_BEHIND_JOINT = frozenset("/._-:,=&")
_BEFORE_JOINT = frozenset("([{")
_FARTHEST_STEP_BACK = 12


def wrap(text: str, width: int) -> list[str]:
    """Return the rows of `text` at `width` cells.

    Spaces at a break are left out; nothing else is. Chinese breaks anywhere but before a
    closing and behind an opening mark, a Latin word only where it is longer than a row. A
    wide character in a row of one cell stands alone, and out of it.
    """
    return [text[start:end] for start, end in wrapped_ranges(text, width)]


def wrapped_ranges(text: str, width: int) -> list[Range]:
    """Return where the rows of `wrap` begin and end in `text`, for whoever must keep styles in place."""
    ranges: list[Range] = []
    for start, end in _lines(text):
        ranges += _wrap_line(text[start:end], start, max(1, width))
    return ranges


def cut(text: str, width: int) -> list[str]:
    """Return the rows of `text` as a terminal breaks them: at `width` cells, whatever stands there."""
    return [text[start:end] for start, end in cut_ranges(text, width)]


def cut_ranges(text: str, width: int) -> list[Range]:
    """Return where the rows of `cut` begin and end in `text`."""
    ranges: list[Range] = []
    width = max(1, width)
    for start, end in _lines(text):
        if text.isascii() or end - start < 1:
            ranges += [(at, min(at + width, end)) for at in range(start, end, width)] or [(start, end)]
        else:
            ranges += _cut_line(text, start, end, width)
    return ranges


def _lines(text: str) -> Iterator[Range]:
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield start, end
        start = end + 1
    yield start, len(text)


def _wrap_line(line: str, origin: int, width: int) -> list[Range]:
    body = line.rstrip(_SPACES)
    if cell_len(body) <= width:
        return [(origin, origin + len(body))]
    rows: list[Range] = []
    # An indentation stays: the first row begins at 0 and not at its first word.
    row_start = row_end = used = 0
    for start, end, gap in _units(body):
        size = cell_len(body[start:end])
        if used + gap + size <= width:
            row_end, used = end, used + gap + size
            continue
        if row_end > row_start:
            rows.append((row_start, row_end))
        if size > width:
            *whole, (start, end) = _split(body, start, end, width)  # noqa: PLW2901
            rows += whole
            size = cell_len(body[start:end])
        row_start, row_end, used = start, end, size
    rows.append((row_start, row_end))
    return [(origin + start, origin + end) for start, end in rows]


def _units(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield where each run without a break begins and ends, and the cells of the spaces before it."""
    start = gap = 0
    for match in _BREAK.finditer(text):
        if match.start() > start:
            yield start, match.start(), gap
            gap = 0
        start = match.end()
        gap += cell_len(match.group())
    if start < len(text):
        yield start, len(text), gap


def _split(text: str, start: int, end: int, width: int) -> list[Range]:
    """Cut a run that is longer than a row, if possible not before or behind a mark that forbids it."""
    rows: list[Range] = []
    # Where the characters of the row begin, and the cells of each.
    row: list[tuple[int, int]] = []
    used = 0
    for match in _CLUSTER.finditer(text, start, end):
        size = cell_len(match.group())
        if used + size > width and row:
            row.append((match.start(), size))
            at = _best_cut(text, row, width)
            rows.append((start, at))
            start = at
            row = [(place, cells) for place, cells in row[:-1] if place >= at]
            used = sum(cells for _, cells in row)
        row.append((match.start(), size))
        used += size
    return [*rows, (start, end)]


def _best_cut(text: str, row: list[tuple[int, int]], width: int) -> int:
    """Return where to cut `row`, whose last character is the first that has no room."""
    legal: list[int] = []
    moved = 0
    for place, cells in row[:-_FARTHEST_STEP_BACK:-1]:
        moved += cells
        if moved > width or place == row[0][0]:
            break
        if _STARTS_ROW.match(text, place) and _ENDS_ROW.match(text, place - 1):
            legal.append(place)
    near = row[-1][0] - width // 3
    for place in legal:
        if place >= near and (text[place - 1] in _BEHIND_JOINT or text[place] in _BEFORE_JOINT):
            return place
    return legal[0] if legal else row[-1][0]


def _cut_line(text: str, start: int, end: int, width: int) -> list[Range]:
    rows: list[Range] = []
    used = 0
    for match in _CLUSTER.finditer(text, start, end):
        size = cell_len(match.group())
        if used + size > width and match.start() > start:
            rows.append((start, match.start()))
            start, used = match.start(), 0
        used += size
    return [*rows, (start, end)]
