"""CSV files in which cells are replaced."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.exports.sheet import Sheet, SheetError

if TYPE_CHECKING:
    from pathlib import Path

TABLES = st.lists(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=2, max_size=4), min_size=1
)


def written(table: list[list[str]], *, delimiter: str, end: str, quoting: int) -> bytes:
    """Return `table` as another program would write it."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(table)  # type: ignore[arg-type]
    return text.getvalue().encode()


@given(st.binary())
def test_any_bytes_come_back(data: bytes) -> None:
    """Nothing is lost in reading a file, whatever it holds."""
    assert Sheet(data).data() == data


@given(
    TABLES,
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.booleans(),
)
def test_cells_are_those_of_a_csv_reader(
    table: list[list[str]],
    delimiter: str,
    end: str,
    quoting: int,
    mark: bool,  # noqa: FBT001 - drawn
) -> None:
    """Quotes, delimiters and line ends mean what they mean to others; a byte order mark is no text."""
    width = len(table[0]) + 2
    table = [["id", *(f"c{place}" for place in range(width - 1))], *table]
    data = b"\xef\xbb\xbf" * mark + written(table, delimiter=delimiter, end=end, quoting=quoting)
    sheet = Sheet(data)
    assert sheet.data() == data
    assert [[sheet.text(row, column) for column in range(width)] for row in range(len(sheet))] == [
        [*row, *[""] * (width - len(row))]
        for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter)
    ]


@given(TABLES, st.text(st.characters(exclude_categories=["Cs"])), st.data())
def test_a_replaced_cell_changes_alone(table: list[list[str]], text: str, data: st.DataObject) -> None:
    """A reader finds the new text in its cell and the old text in all others."""
    width = max(map(len, table))
    table = [[f"c{place}" for place in range(width + 1)], *([*row, *["x"] * (width + 1 - len(row))] for row in table)]
    row = data.draw(st.integers(1, len(table) - 1))
    column = data.draw(st.integers(0, width))
    sheet = Sheet(written(table, delimiter=",", end="\r\n", quoting=csv.QUOTE_MINIMAL))
    sheet.put(row, column, text)
    table[row][column] = text
    assert list(csv.reader(io.StringIO(sheet.data().decode(), newline=""), strict=True)) == table


def test_untouched_bytes_stay() -> None:
    """Odd but legal quoting, a missing last line end and short rows come out as they were."""
    data = '\ufeffid;"no te";x\r\n"1";a "b" c;2\n2;"y;\r\nz";"3"\r\n\r\n3'.encode()
    sheet = Sheet(data)
    sheet.put(1, 2, "10")
    sheet.put(2, 2, 'a"b')
    assert sheet.data().decode() == '\ufeffid;"no te";x\r\n"1";a "b" c;10\n2;"y;\r\nz";"a""b"\r\n\r\n3'


def test_chinese_spreadsheets_are_read() -> None:
    """A file in GBK is understood, and takes what is new in ASCII alone."""
    sheet = Sheet("标识符,成绩\r\n参与者1,\r\n".encode("gbk"))
    assert sheet.header == ("标识符", "成绩")
    sheet.put(1, 1, "分")
    assert sheet.data() == "标识符,成绩\r\n参与者1,&#20998;\r\n".encode("gbk")


@pytest.mark.parametrize("data", [b"PK\x03\x04\0\0", "a,b".encode("utf-16")])
def test_other_files_are_refused(data: bytes, tmp_path: Path) -> None:
    """A workbook or UTF-16 is refused with what to do."""
    path = tmp_path / "grades.csv"
    path.write_bytes(data)
    with pytest.raises(SheetError, match="not_csv"):
        Sheet.read(path)


def test_the_original_is_kept(tmp_path: Path) -> None:
    """Written over itself, a file leaves a backup, and a second one beside the first."""
    path = tmp_path / "grades.csv"
    path.write_bytes(b"a,b\n")
    for text in ("1", "2"):
        sheet = Sheet.read(path)
        sheet.put(0, 0, text)
        sheet.write(path, original=path)
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {
        "grades.csv": b"2,b\n",
        "grades.csv.bak": b"a,b\n",
        "grades.csv.bak2": b"1,b\n",
    }
