"""Canvas's gradebook export."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.exports import Filled, SheetError, fill_canvas
from grader.batch.exports.sheet import Sheet
from grader.batch.records import Student
from tests.batch.exports.books import class_of, faulty_class

if TYPE_CHECKING:
    from pathlib import Path

    from grader.batch.records import Book

ANN = Student(id="lee_ann", ids={"canvas": "11"})
BO = Student(id="BO9")
CY = Student(id="cy", email="cy@x.invalid")
DEE = Student(id="dee")
GRADEBOOK = (
    "Student,ID,SIS User ID,SIS Login ID,Section,"
    "The Squared Loss (101),ex01_synthetic_data (102),Essay (103),Current Score\r\n"
    ",,,,,Manual Posting,,,\r\n"
    "    Points Possible,,,,,10.00,20.00,5.00,(read only)\r\n"
    '"Lee, Ann",11,S1,ann1,"A, B",,3.00,4.00,75.0\r\n'
    '"Li, Bo",12,S2,bo9,A,1.00,,"",\r\n'
    '"Wu, Cy",13,S3,CY@x.invalid,A,EX,,,\r\n'
    '"Roe, Eve",14,S4,eve,A,,,,\r\n'
    '"Student, Test",99,,abcdef,A,,,,\r\n'
)


def filled(
    text: str, book: Book, folder: Path, *, column: str | None = None, exercise: str | None = None
) -> tuple[str, Filled]:
    """Return what becomes of a gradebook, and what is told about it."""
    path, out = folder / "gradebook.csv", folder / "out.csv"
    path.write_bytes(text.encode())
    told = fill_canvas(book, path, out=out, column=column, exercise=exercise)
    return out.read_bytes().decode(), told


def test_exercises_go_to_assignments_of_their_name(tmp_path: Path) -> None:
    """By title or folder, scaled to the assignment's points; by Canvas id, login, address; the rest stays."""
    found, told = filled(GRADEBOOK, class_of(ANN, BO, CY, DEE), tmp_path)
    assert found == GRADEBOOK.replace('"A, B",,3.00,', '"A, B",9,10,').replace("A,1.00,,", "A,9,10,").replace(
        "EX,,", "EX,10,"
    )
    assert told == Filled(filled=3, unmatched_rows=("Roe, Eve 14",), unmatched_students=("dee",), locked=("cy",))


@pytest.mark.parametrize("column", ["Essay", "103", "essay (103)"])
def test_one_column_takes_the_sum(tmp_path: Path, column: str) -> None:
    """Asked for by title, id or heading, one assignment takes the share of all exercises."""
    found, _ = filled(GRADEBOOK, class_of(ANN), tmp_path, column=column)
    assert found == GRADEBOOK.replace("3.00,4.00", "3.00,2.33")


def test_one_column_takes_one_exercise(tmp_path: Path) -> None:
    """Asked for with an exercise, the column takes that one's score."""
    found, _ = filled(GRADEBOOK, class_of(ANN), tmp_path, column="Essay", exercise="ex3")
    assert found == GRADEBOOK.replace("3.00,4.00", "3.00,4.5")


def test_decimal_commas_stay(tmp_path: Path) -> None:
    """A gradebook of semicolons and decimal commas gets such numbers."""
    text = "Student;ID;SIS Login ID;Section;ex3 (1)\n    Points Possible;;;;7,50\nLee;11;ann1;A;\n"
    found, _ = filled(text, class_of(ANN), tmp_path)
    assert found == text.replace("A;\n", "A;6,75\n")


def test_names_in_two_columns_are_read(tmp_path: Path) -> None:
    """The export with last and first names is filled like the other."""
    text = "LastName,FirstName,ID,SIS Login ID,Section,ex3 (1)\n    Points Possible,,,,,10.00\nLee,Ann,11,ann1,A,\n"
    assert filled(text, class_of(ANN), tmp_path)[0] == text.replace("A,\n", "A,9\n")


def test_faults_stay_empty(tmp_path: Path) -> None:
    """What the grader failed to grade leaves the cell as it was, and is reported."""
    text = GRADEBOOK.replace("ann1", "ann").replace(",11,", ",10,")
    found, told = filled(text, faulty_class(), tmp_path)
    assert found == text.replace('"A, B",,3.00,', '"A, B",,10,')
    assert told.ungraded == ("ann",)


@pytest.mark.parametrize(
    ("text", "column", "key"),
    [
        (GRADEBOOK, "Quiz", "canvas_column"),
        (GRADEBOOK.replace("Essay", "The Squared Loss"), "the squared loss", "canvas_columns"),
        (GRADEBOOK.replace("Essay", "ex3"), None, "canvas_columns"),
        (GRADEBOOK, "Current Score", "canvas_read_only"),
        (GRADEBOOK.replace("The Squared", "A").replace("ex01", "x"), None, "canvas_none"),
        ("a,b\n1,2\n", None, "canvas_header"),
        ("", None, "canvas_header"),
    ],
)
def test_doubtful_columns_are_refused(tmp_path: Path, text: str, column: str | None, key: str) -> None:
    """No column, several, a read-only one or another kind of file: nothing is written."""
    with pytest.raises(SheetError, match=rf"exports\.{key}\("):
        filled(text, class_of(ANN), tmp_path, column=column)
    assert not (tmp_path / "out.csv").exists()


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=5), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
def test_untouched_cells_stay(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], quoting: int
) -> None:
    """Whatever stands in the other cells, one cell changes."""
    table = [
        ["Student", "ID", "SIS Login ID", "Section", "ex3 (1)", "Notes"],
        ["    Points Possible", "", "", "", "10.00", ""],
        *([f"x{name}", str(place + 11), f"login{place}", "A", "", other] for place, (name, other) in enumerate(rows)),
    ]
    text = io.StringIO(newline="")
    csv.writer(text, quoting=quoting).writerows(table)  # type: ignore[arg-type]
    found, told = filled(text.getvalue(), class_of(ANN), tmp_path_factory.mktemp("canvas"))
    assert told.filled == 1
    expected = Sheet(text.getvalue().encode())
    expected.put(2, 4, "9")
    assert found.encode() == expected.data()
