"""The Python in a notebook: its code cells, without what only IPython understands."""

from __future__ import annotations

import re
import warnings
from types import MappingProxyType
from typing import Any

import msgspec

from grader.batch.intake.limits import MAX_SOURCE_BYTES
from grader.batch.intake.nodes import UnreadableError, too_large
from grader.batch.intake.wording import text
from grader.sanitise import plain_line

# nbformat 3 had worksheets of cells.
_CELLS_ARE_FLAT = 4
# Where a cell of each major version of the format has its code.
_SOURCE_OF = MappingProxyType({3: "input", 4: "source"})
_CELL_MAGIC = re.compile(r"\s*%%(\w*)[^\n]*\n?")
# Their body runs as if they were not there.
_TRANSPARENT = frozenset({"time", "timeit", "capture", "prun"})
_LINE_MAGIC = re.compile(
    r"""\s*(?:
        %(?P<time>(?:time|prun)\s+(?!-)(?P<statement>\S.*))? # a statement that is timed
        | [!?]                                               # the shell, help
        | [\w.]+(?:\s*,\s*[\w.]+){0,9}\s*=\s*(?:!|%[A-Za-z])     # files = !ls
        | %{0,2}[\w.*]+(?:\[[0-9]+\])?\?{1,2}\s*;?\s*$       # name?
    )""",
    re.VERBOSE,
)
_SYNTAX = re.compile(
    r"""\#[^\n]*|(?P<quotes>'''|\"\"\")|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|(?P<open>[(\[{])|(?P<close>[)\]}])"""
)
_TRIPLE_END = {quotes: re.compile(rf"(?:\\.|[^\\])*?{quotes}", re.DOTALL) for quotes in ("'''", '"""')}


class Notebook(msgspec.Struct, frozen=True):
    """The source of a notebook, and how many magics and shell lines were left out of it."""

    source: bytes
    dropped: int


def read_notebook(data: bytes) -> Notebook:
    """Return the Python in the notebook `data`, of nbformat 3 or 4.

    Raises UnreadableError for one that is no notebook, not in Python, or too large.
    """
    pieces: list[str] = []
    dropped = 0
    cells = _code_cells(data)
    if sum(len(cell) for cell in cells) > MAX_SOURCE_BYTES:
        raise too_large(MAX_SOURCE_BYTES)
    for cell in cells:
        source, count = _plain_python(cell)
        pieces.append(source)
        dropped += count
    source = "".join(f"{piece.rstrip()}\n\n\n" for piece in pieces if piece.strip()).rstrip()
    code = f"{source}\n".encode("utf-8", "replace") if source else b""
    if len(code) > MAX_SOURCE_BYTES:
        raise too_large(MAX_SOURCE_BYTES)
    return Notebook(code, dropped)


def _code_cells(data: bytes) -> list[str]:
    try:
        notebook, major = _loaded(data)
        language = _language(notebook)
        # Nothing but the code is kept or converted: the outputs of a hostile notebook would cost a gigabyte.
        cells = [_joined(cell[_SOURCE_OF[major]]) for cell in _cells(notebook, major) if cell["cell_type"] == "code"]
    except Exception:  # noqa: BLE001 - a hostile notebook has anything anywhere
        raise UnreadableError(text("intake.bad_notebook")) from None
    if "python" not in language.casefold():
        raise UnreadableError(text("intake.other_language", language=plain_line(language, 40)))
    return cells


def _loaded(data: bytes) -> tuple[Any, int]:
    # nbformat and the schemas behind it cost a tenth of a second, and most classes hand in no notebook.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nbformat import reader  # noqa: PLC0415 - see above

        notebook = reader.parse_json(data.decode("utf-8-sig"))  # type: ignore[no-untyped-call] # nbformat has no types
        major, _ = reader.get_version(notebook)  # type: ignore[no-untyped-call] # nbformat has no types
        return notebook, int(major)


def _cells(notebook: Any, major: int) -> list[Any]:  # noqa: ANN401 - whatever the JSON holds
    if major >= _CELLS_ARE_FLAT:
        return list(notebook["cells"])
    return [cell for sheet in notebook["worksheets"] for cell in sheet["cells"]]


def _language(notebook: Any) -> str:  # noqa: ANN401 - whatever the JSON holds
    metadata = notebook.get("metadata", {})
    found = metadata.get("language_info", {}).get("name") or metadata.get("kernelspec", {}).get("language")
    return found if isinstance(found, str) else "python"


def _joined(source: object) -> str:
    return source if isinstance(source, str) else "".join(source)  # type: ignore[arg-type] # the caller catches what this raises


def _plain_python(cell: str) -> tuple[str, int]:
    """Return the cell without magics, and how many there were."""
    cell = cell.replace("\r\n", "\n").replace("\r", "\n")
    dropped = 0
    magic = _CELL_MAGIC.match(cell)
    if magic is not None:
        if magic[1] not in _TRANSPARENT:
            return "", 1
        cell, dropped = cell[magic.end() :], 1
    kept: list[str] = []
    place, is_magic = _Place(), False
    for written in cell.split("\n"):
        line = written
        found = _LINE_MAGIC.match(line) if place.begins and not is_magic else None
        if found is not None:
            dropped += 1
            # A block whose only line is a magic must not become empty.
            line = line[: len(line) - len(line.lstrip())] + (found["statement"] or "pass")
        elif is_magic:
            line = ""
        # A magic goes on behind a backslash, as a statement does.
        is_magic = written.endswith("\\") and (is_magic or (found is not None and not found["statement"]))
        kept.append(line)
        place = place.after(line)
    return "\n".join(kept), dropped


class _Place(msgspec.Struct, frozen=True):
    """Where a line begins: how deep in brackets, in which quotes, behind a backslash or not."""

    depth: int = 0
    quotes: str = ""
    is_joined: bool = False

    @property
    def begins(self) -> bool:
        """Whether a statement may begin here."""
        return not (self.depth or self.quotes or self.is_joined)

    def after(self, line: str) -> _Place:
        """Return where the next line begins."""
        depth, quotes, at, comment = self.depth, self.quotes, 0, False
        while at < len(line):
            found = (_TRIPLE_END[quotes].match if quotes else _SYNTAX.search)(line, at)
            if found is None:
                break
            at = found.end()
            if quotes:
                quotes = ""
                continue
            quotes = found["quotes"] or ""
            depth = max(0, depth + bool(found["open"]) - bool(found["close"]))
            comment = found[0].startswith("#")
        return _Place(depth, quotes, is_joined=line.endswith("\\") and not comment)
