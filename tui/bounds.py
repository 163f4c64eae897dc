"""How much of a text is shown, and how it is made safe."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.cells import cell_len

from grader.sanitise import plain

if TYPE_CHECKING:
    from collections.abc import Callable

# What all texts of one showing may have together. Rows cost memory, and laying them out
# must not be felt when a window is drawn larger.
_CHARACTERS = 120_000
_LINES = 4_000
_TAB = 4
# Terminals disagree about what these do to the width of their neighbours: without them a row is as wide as we count.
_UNSURE = re.compile("[\u200c\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff]")
# More marks upon one letter than any script has only paint over other rows.
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_PILED_UP = re.compile(f"([{_MARKS}]{{4}})[{_MARKS}]+")


class Budget:
    """What may still be shown; `note` says how many characters were left out."""

    def __init__(self, note: Callable[[int], str]) -> None:
        self._note = note
        self._characters = _CHARACTERS
        self._lines = _LINES

    def spend(self, text: str) -> str:
        """Return `text` safe to show, its middle left out where it is too long."""
        head, left_out, tail = self._divided(text)
        head, tail = _tidy(head), _tidy(tail)
        if len(head) + len(tail) > self._characters:
            # Tabs made it longer.
            first, last = head[: self._characters * 3 // 4], (tail or head)[-(self._characters // 4 or 1) :]
            left_out += len(head) + len(tail) - len(first) - len(last)
            head, tail = first, last
        shown = f"{head}\n{self._note(left_out)}\n{tail}" if left_out else head
        self._characters = max(0, self._characters - len(shown))
        self._lines = max(0, self._lines - shown.count("\n"))
        return shown

    def _divided(self, text: str) -> tuple[str, int, str]:
        """Return the beginning of `text`, how much is left out, and its end: the end of an output tells most."""
        if len(text) <= self._characters and text.count("\n") <= self._lines:
            return text, 0, ""
        head = "\n".join(text[: self._characters * 3 // 4].split("\n", keep := self._lines * 3 // 4)[:keep])
        end = text[max(len(head), len(text) - self._characters // 4) :]
        keep = self._lines // 4
        tail = "\n".join(end.split("\n")[-keep:]) if keep else ""
        return head, len(text) - len(head) - len(tail), tail


def _tidy(text: str) -> str:
    shown = plain(text, len(text))
    if not shown.isascii():
        shown = _PILED_UP.sub(r"\1", _UNSURE.sub("", shown))
    return "\n".join(_expanded(line) for line in shown.split("\n")) if "\t" in shown else shown


def _expanded(line: str) -> str:
    first, *parts = line.split("\t")
    shown = first
    width = cell_len(first)
    for part in parts:
        gap = _TAB - width % _TAB
        shown += " " * gap + part
        width += gap + cell_len(part)
    return shown
