"""grades.csv and gradebook.csv."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.exports import write_exports
from grader.batch.exports.cells import csv_lines, text_cell
from grader.batch.exports.scores import number, scaled
from grader.batch.records import Student
from tests.batch.exports.books import EXERCISES, HOSTILE, class_of, faulty_class, hostile_class

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "student,exercise,status,score,max_score,mistake,seconds,device,seed,file,sha256"


def table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file by its header."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_grades_hold_the_contract(tmp_path: Path) -> None:
    """The header is the contract's, and each student has one row for each exercise, missing ones included."""
    write_exports(class_of(Student(id="ann"), Student(id="bo")), tmp_path)
    assert (tmp_path / "grades.csv").read_text(encoding="utf-8").split("\n")[0] == HEADER
    rows = table(tmp_path / "grades.csv")
    assert [(row["student"], row["exercise"]) for row in rows] == [
        (student, exercise.id) for student in ("ann", "bo") for exercise in EXERCISES
    ]
    assert rows[0] | {"file": ""} == {
        "student": "ann",
        "exercise": "ex1",
        "status": "failed",
        "score": "5",
        "max_score": "10",
        "mistake": "no_half",
        "seconds": "0.1234",
        "device": "cpu",
        "seed": "7",
        "file": "",
        "sha256": "ab" * 32,
    }
    assert [rows[1][name] for name in ("status", "score", "mistake", "file", "sha256")] == ["missing", "0", "", "", ""]


def test_faults_have_no_score(tmp_path: Path) -> None:
    """What the grader failed to grade has an empty score, and no total pretends to know it."""
    write_exports(faulty_class(), tmp_path)
    assert table(tmp_path / "grades.csv")[2]["score"] == ""
    row = table(tmp_path / "gradebook.csv")[0]
    assert (row["ex1"], row["ex2"], row["ex3"], row["total"], row["max"]) == ("5", "0", "", "", "30")


def test_gradebook_has_a_row_for_each_student(tmp_path: Path) -> None:
    """Name and address where known, a column for each exercise, the sum and what it is out of."""
    write_exports(class_of(Student(id="ann", name="Ann Å", email="ann@x.invalid"), Student(id="bo")), tmp_path)
    rows = table(tmp_path / "gradebook.csv")
    assert list(rows[0].values()) == ["ann", "Ann Å", "ann@x.invalid", "5", "0", "9", "14", "30"]
    assert list(rows[1].values()) == ["bo", "", "", "5", "0", "9", "14", "30"]


def test_hostile_names_are_no_formulas(tmp_path: Path) -> None:
    """Every hostile student has all rows, and no cell is a formula or holds a control character."""
    write_exports(hostile_class(), tmp_path)
    for name, count in (("grades.csv", 3 * len(HOSTILE)), ("gradebook.csv", len(HOSTILE))):
        data = (tmp_path / name).read_bytes()
        assert not data.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in data
        rows = list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))[1:]
        assert len(rows) == count
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@")) or "\x1b" in cell]
    assert table(tmp_path / "gradebook.csv")[0]["student"] == '\'=HYPERLINK("http://x.invalid")'


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\rx", " =1", "＝1"])
def test_formulas_get_an_apostrophe(text: str) -> None:
    """What begins like a formula begins with an apostrophe instead."""
    assert text_cell(text).startswith("'")


def test_formulas_behind_a_semicolon_get_an_apostrophe() -> None:
    """A spreadsheet that splits at semicolons finds no formula behind one."""
    assert text_cell('a; "=1') == "a; \"'=1"


@pytest.mark.parametrize("text", ["", "ann", "王小明", 'O\'Neil, Å. "Q"', "a=b", "x-1", "e@x.invalid", "a; b"])
def test_harmless_text_is_unchanged(text: str) -> None:
    """A harmless name comes out as it went in."""
    assert text_cell(text) == text


@given(st.lists(st.lists(st.text(st.characters()), min_size=1, max_size=4), min_size=1, max_size=5))
def test_one_record_for_each_row(texts: list[list[str]]) -> None:
    """Whatever the text, a reader finds the rows and cells that were written, and no formula."""
    cells = [[text_cell(text) for text in row] for row in texts]
    found = list(csv.reader(io.StringIO(csv_lines(cells).decode(), newline=""), strict=True))
    assert found == cells
    assert not [cell for row in found for cell in row if cell.lstrip()[:1] in tuple("=+-@")]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (10.0, "10"),
        (6.66666, "6.6667"),
        (0.1 + 0.2, "0.3"),
        (-0.00001, "0"),
        (-2.5, "-2.5"),
        (100.0, "100"),
        (1e6, "1000000"),
    ],
)
def test_numbers_are_plain(value: float, said: str) -> None:
    """At most four decimals, no trailing zeros, no exponent, no negative zero."""
    assert number(value) == said


@pytest.mark.parametrize(
    ("score", "ours", "theirs", "due"),
    [(5.0, 10.0, 100.0, 50.0), (5.0, 10.0, 10.0, 5.0), (5.0, 10.0, 0.0, 5.0), (1.0, 3.0, 10.0, 3.33)],
)
def test_scores_are_scaled_to_the_same_share(score: float, ours: float, theirs: float, due: float) -> None:
    """The share of the full marks stays the same, rounded to two decimals; no maximum means no scaling."""
    assert scaled(score, of=ours, to=theirs) == due
