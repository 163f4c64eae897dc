"""What a terminal sends, read as keys."""

from __future__ import annotations

import codecs
import re
import unicodedata
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Key(StrEnum):
    """A key that is no character."""

    UP = "<up>"
    DOWN = "<down>"
    PAGE_UP = "<page-up>"
    PAGE_DOWN = "<page-down>"
    HOME = "<home>"
    END = "<end>"
    ENTER = "<enter>"
    ESCAPE = "<escape>"
    END_OF_INPUT = "<end-of-input>"
    REDRAW = "<redraw>"


_ENDINGS: Mapping[str, Key] = MappingProxyType(
    {
        "A": Key.UP,
        "B": Key.DOWN,
        "H": Key.HOME,
        "F": Key.END,
        "5~": Key.PAGE_UP,
        "6~": Key.PAGE_DOWN,
        "1~": Key.HOME,
        "7~": Key.HOME,
        "4~": Key.END,
        "8~": Key.END,
    }
)
_CONTROLS: Mapping[str, Key] = MappingProxyType(
    {"\r": Key.ENTER, "\n": Key.ENTER, "\x04": Key.END_OF_INPUT, "\x0c": Key.REDRAW}
)
_SEQUENCE = re.compile(r"\x1b(?:\[(?P<csi>[0-?]*[ -/]*[@-~])|O(?P<ss3>.))", re.DOTALL)
# What may become a sequence once more of it arrives; a longer one is no key of any keyboard.
_BEGUN = re.compile(r"\x1b(?:\[[0-?]{0,16}[ -/]{0,4}|O)?")


class KeyReader:
    """Turns bytes, however they were cut up on the way, into keys: `Key`s and single characters."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        self._text = ""

    @property
    def waiting(self) -> bool:
        """Say whether an escape was read that may be a key of its own or begin a sequence."""
        return bool(self._text)

    def feed(self, data: bytes) -> list[str]:
        """Return the keys that are complete with `data`."""
        self._text += self._decoder.decode(data)
        return list(self._keys())

    def flush(self) -> list[str]:
        """Return the key that an escape is which nothing followed."""
        begun, self._text = self._text, ""
        return [Key.ESCAPE] if begun else []

    def _keys(self) -> Iterator[str]:
        while self._text:
            if _BEGUN.fullmatch(self._text):
                return
            sequence = _SEQUENCE.match(self._text)
            if sequence is not None:
                self._text = self._text[sequence.end() :]
                key = _ENDINGS.get(sequence["csi"] or sequence["ss3"])
            else:
                key = Key.ESCAPE if self._text[0] == "\x1b" else _CONTROLS.get(self._text[0])
                if key is None:
                    # An input method for Chinese sends "？" and "ｑ" for "?" and "q".
                    yield from unicodedata.normalize("NFKC", self._text[0])
                self._text = self._text[1:]
            if key is not None:
                yield key
