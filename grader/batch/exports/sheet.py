"""A CSV file in which cells are replaced while every other byte stays as it was."""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from typing import TYPE_CHECKING

from grader.durable import create_file, doing, replace_file
from grader.errors import GraderError
from grader.texts import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LONGEST = 64 << 20
_DELIMITERS = (b",", b";", b"\t")
_QUOTED = re.compile(rb'"((?:[^"]++|"")*+)"?(.*)', re.DOTALL)
_NEEDS_QUOTES = re.compile(rb'["\r\n]|^\s|\s$')


class SheetError(GraderError):
    """A file of a learning platform cannot be filled: says which, what is wrong and what to do."""


class Sheet:
    """A CSV file as rows of cells. The first row names the columns."""

    def __init__(self, data: bytes) -> None:
        self._mark = BOM_UTF8 if data.startswith(BOM_UTF8) else b""
        body = data[len(self._mark) :]
        self._delimiter = max(_DELIMITERS, key=lambda each: len(next(_rows(body, each), ([], b""))[0]))
        self._encoding = _encoding(body)
        self._rows = list(_rows(body, self._delimiter))

    @classmethod
    def read(cls, path: Path) -> Sheet:
        """Read `path`.

        Raises:
            WorkspaceError: it cannot be read.
            SheetError: it is no CSV file, or a very large one.
        """
        with doing(Phrase("action.read"), path), path.open("rb") as file:
            data = file.read(_LONGEST + 1)
        if len(data) > _LONGEST:
            raise SheetError("exports.too_large", path=path, limit=_LONGEST >> 20)
        if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) or b"\0" in data:
            raise SheetError("exports.not_csv", path=path)
        return cls(data)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def header(self) -> tuple[str, ...]:
        """What the first row says."""
        return tuple(self.text(0, column).strip() for column in range(len(self._rows[0][0]))) if self._rows else ()

    def is_blank(self, row: int) -> bool:
        """Return whether nothing stands in `row`."""
        return not any(cell.strip() for cell in self._rows[row][0])

    def text(self, row: int, column: int) -> str:
        """Return what stands in a cell; nothing where the row is shorter than that."""
        cells = self._rows[row][0]
        return _value(cells[column]).decode(self._encoding, "replace") if column < len(cells) else ""

    def put(self, row: int, column: int, text: str) -> None:
        """Replace a cell, quoted where it was or where it has to be.

        A file that is not UTF-8 takes other characters as references of HTML.
        """
        cells = self._rows[row][0]
        cells += [b""] * (column + 1 - len(cells))
        utf8 = self._encoding == "utf-8"
        data = text.encode() if utf8 else text.encode("ascii", "xmlcharrefreplace")
        if cells[column].startswith(b'"') or self._delimiter in data or _NEEDS_QUOTES.search(data):
            data = b'"' + data.replace(b'"', b'""') + b'"'
        cells[column] = data

    def data(self) -> bytes:
        """Return the file."""
        return self._mark + b"".join(self._delimiter.join(cells) + end for cells, end in self._rows)

    def write(self, out: Path, *, original: Path) -> None:
        """Write the file to `out`; where that is `original`, keep a copy of that beside it, named `.bak`.

        Raises:
            WorkspaceError: it cannot be written.
        """
        with doing(Phrase("exports.write"), out):
            if out.exists() and out.samefile(original):
                _back_up(original)
            replace_file(out, self.data())


def _back_up(path: Path) -> None:
    data, name, count = path.read_bytes(), f"{path.name}.bak", 1
    while not create_file(path.with_name(name), data):
        count += 1
        name = f"{path.name}.bak{count}"


def _rows(data: bytes, delimiter: bytes) -> Iterator[tuple[list[bytes], bytes]]:
    """Yield the raw cells of each row and the line end behind them."""
    # Read as bytes: in UTF-8 and in GBK no part of a wide character looks like one of these.
    pattern = re.compile(
        rb'((?:"(?:[^"]++|"")*+"?)?[^%(d)s\r\n]*+)(%(d)s|\r\n|\r|\n|\Z)' % {b"d": re.escape(delimiter)},
    )
    cells: list[bytes] = []
    place = 0
    while place < len(data) or cells:
        match = pattern.match(data, place)
        assert match is not None, "the pattern matches anything"  # noqa: S101 - for the type checker
        place = match.end()
        cells.append(match[1])
        if match[2] != delimiter:
            yield cells, match[2]
            cells = []


def _value(raw: bytes) -> bytes:
    match = _QUOTED.fullmatch(raw)
    return match[1].replace(b'""', b'"') + match[2] if match else raw


def _encoding(data: bytes) -> str:
    # Spreadsheets in China save GBK, which GB18030 contains; in Latin-1 anything can be read.
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "latin-1"
