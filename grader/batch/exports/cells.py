"""Text of others as a cell that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from grader.batch.exports.scores import number
from grader.sanitise import plain_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LONGEST = 5000
_FORMULA = re.compile(r"[\t\r]|\s*[=+\-@＝＋－＠]")
# A spreadsheet that splits at semicolons finds a cell behind each of them, quoted or not.
_LATER_FORMULA = re.compile(r"(;[\s\"]*)(?=[=+\-@＝＋－＠])")


def text_cell(text: str) -> str:
    """Return `text` without control characters, and behind an apostrophe where it could be a formula."""
    clean = _LATER_FORMULA.sub(r"\1'", plain_line(text, _LONGEST))
    return f"'{clean}" if _FORMULA.match(text) or _FORMULA.match(clean) else clean


def number_cell(value: float | None) -> str:
    """Return a plain number, or nothing where there is none."""
    return "" if value is None else number(value)


def csv_lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Return `rows` as the lines of a CSV file, in UTF-8."""
    lines = io.StringIO()
    # LF: every spreadsheet reads it, and cut, awk and grep find no CR behind the last column.
    csv.writer(lines, lineterminator="\n").writerows(rows)
    return lines.getvalue().encode()
