"""Moodle's grading worksheet."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.exports import Filled, SheetError, fill_moodle
from grader.batch.exports.sheet import Sheet
from grader.batch.records import Student
from grader.errors import UsageError
from tests.batch.exports.books import class_of, faulty_class, missing, row_of

if TYPE_CHECKING:
    from pathlib import Path

    from grader.batch.records import Book

ANN = Student(id="ann", name="Ann Lee", email="Ann@x.invalid", ids={"moodle": "1001"})
BO = Student(id="bo", name="Bo Li", email="bo@x.invalid")
CY = Student(id="cy", name="Cy")
HEADER = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments"
)
WORKSHEET = (
    f"\ufeff{HEADER}\r\n"
    'Participant 1001,"Lee, Ann",ann@other.invalid,"Submitted, late",,30.00,Yes,"Monday, 5 January",-,\r\n'
    'Participant 1002,Bo Li,BO@x.invalid,No submission,"1.00",30.00,Yes,-,-,"old"\r\n'
    "Participant 1003,Cy,,No submission,,30.00,Yes,-,-,\r\n"
    "Participant 1004,=cmd()\x1b[1m,dee@x.invalid,Submitted,,30.00,Yes,-,-,"
)


def filled(
    text: str, book: Book, folder: Path, *, exercise: str | None = None, by_name: bool = False
) -> tuple[str, Filled]:
    """Return what becomes of a worksheet, and what is told about it."""
    path, out = folder / "worksheet.csv", folder / "out.csv"
    path.write_bytes(text.encode())
    told = fill_moodle(book, path, out=out, exercise=exercise, by_name=by_name)
    assert path.read_bytes() == text.encode()
    return out.read_bytes().decode(), told


def test_grades_and_comments_are_filled(tmp_path: Path) -> None:
    """By participant, then by address; all other bytes stay, and what belongs to nobody is reported."""
    found, told = filled(WORKSHEET, class_of(ANN, BO, CY), tmp_path)
    comment = (
        "ex1 Synthetic data: failed, 5/10. Mistake: The half is missing<br>ex2 Minibatches: missing, 0/10."
        "<br>ex3 The squared loss: passed, 9/10. Set by the teacher: 9. Late."
    )
    assert found == WORKSHEET.replace('late",,', 'late",14,').replace(
        'January",-,\r', f'January",-,"{comment}"\r'
    ).replace('"1.00"', '"14"').replace('"old"', f'"{comment}"')
    assert told == Filled(
        filled=2,
        unmatched_rows=("Participant 1003 Cy", "Participant 1004 =cmd()"),
        unmatched_students=("cy",),
    )


def test_names_count_only_when_asked(tmp_path: Path) -> None:
    """A full name that nobody shares identifies a row where that is asked for."""
    found, told = filled(WORKSHEET, class_of(ANN, BO, CY), tmp_path, by_name=True)
    assert told.filled == 3
    assert "Participant 1003,Cy,,No submission,14,30.00" in found


def test_shared_names_and_addresses_identify_nobody(tmp_path: Path) -> None:
    """Two students of one address, or two rows of it, are left alone."""
    twin = Student(id="twin", name="Bo Li", email="bo@x.invalid")
    assert filled(WORKSHEET, class_of(BO, twin), tmp_path, by_name=True)[1].filled == 0
    row = "Participant 1005,Bo Li,bo@x.invalid,,,30.00,Yes,-,-,"
    assert filled(f"{WORKSHEET}\r\n{row}", class_of(BO), tmp_path, by_name=True)[1].unmatched_students == ("bo",)


def test_grades_take_the_share_of_the_maximum(tmp_path: Path) -> None:
    """One exercise, scaled to the worksheet's maximum, with a comma where the site writes one."""
    text = WORKSHEET.replace(",30.00,", ',"100,00",')
    found, _ = filled(text, class_of(ANN), tmp_path, exercise="ex3")
    assert 'late",90,"100,00",Yes' in found
    text = WORKSHEET.replace(",30.00,", ',"7,50",')
    found, _ = filled(text, class_of(ANN), tmp_path, exercise="ex3")
    assert 'late","6,75","7,50",Yes' in found


def test_locked_rows_stay(tmp_path: Path) -> None:
    """A grade that Moodle has locked is reported, and its row stays as it is."""
    text = WORKSHEET.replace("30.00,Yes", "30.00,No")
    found, told = filled(text, class_of(ANN, BO), tmp_path)
    assert found == text
    assert (told.filled, told.locked, told.unmatched_students) == (0, ("ann", "bo"), ())


def test_faults_and_impossible_scores_stay_empty(tmp_path: Path) -> None:
    """Neither what could not be graded nor what Moodle would refuse is written, and both are reported."""
    book = faulty_class()
    text = WORKSHEET.replace("ann@other.invalid", "ann@x.invalid")
    student = Student(id="ann", email="ann@x.invalid")
    found, told = filled(text, class_of(student), tmp_path, exercise="ex3")
    assert told.filled == 1
    book = type(book)(**{**vars(book), "students": (student,)})
    found, told = filled(text, book, tmp_path)
    assert (found, told.ungraded) == (text, ("ann",))
    rows = {"ann": {"ex3": row_of("ann", class_of(student).reports_of("ann")["ex3"], score=11.0)}}
    rows["ann"] |= {each.id: missing("ann", each) for each in book.exercises[:2]}
    found, told = filled(text, type(book)(**{**vars(book), "by_student": rows}), tmp_path, exercise="ex3")
    assert (found, told.above) == (text, ("ann",))


def test_chinese_worksheets_are_filled(tmp_path: Path) -> None:
    """Moodle in Chinese, with semicolons: headings, yes and no, and the words of the comment."""
    text = (
        "标识符;全名;Email地址;状态;成绩;最高分;允许更改成绩;上次修改（评分）;反馈评论\r\n"
        "参与者1001;李安;;已提交;;10,00;是;-;\r\n参与者1002;李波;bo@x.invalid;;;10,00;否;-;\r\n"
    )
    found, told = filled(text, class_of(ANN, BO, lang="zh"), tmp_path, exercise="ex1")
    assert "参与者1001;李安;;已提交;5;10,00;是;-;ex1 合成数据：未通过，5/10 分。" in found
    assert (told.filled, told.locked) == (1, ("bo",))


def test_comments_are_text(tmp_path: Path) -> None:
    """What an instructor wrote in a reason is no markup in the comment."""
    book = class_of(ANN)
    row = book.by_student["ann"]["ex3"]
    assert row.override is not None
    override = type(row.override)(9.0, "<b>late</b>", row.override.at)
    changed = {
        "ann": {
            **book.by_student["ann"],
            "ex3": type(row)(**{**{n: getattr(row, n) for n in row.__struct_fields__}, "override": override}),
        }
    }
    found, _ = filled(WORKSHEET, type(book)(**{**vars(book), "by_student": changed}), tmp_path)
    assert "&lt;b&gt;late&lt;/b&gt;" in found


def test_worksheets_without_points_are_refused(tmp_path: Path) -> None:
    """A scale of words has no maximum: the message names the column and what is there."""
    with pytest.raises(SheetError) as caught:
        filled(WORKSHEET.replace("Maximum Grade", "Scale"), class_of(ANN), tmp_path)
    assert caught.value.params["column"] == "Maximum grade"
    with pytest.raises(SheetError, match="moodle_maximum"):
        filled(WORKSHEET.replace("30.00", "A, B, C"), class_of(ANN), tmp_path)
    assert not (tmp_path / "out.csv").exists()


def test_unknown_exercises_are_no_zeros(tmp_path: Path) -> None:
    """An exercise that the class was not graded on fills nothing."""
    with pytest.raises(UsageError):
        filled(WORKSHEET, class_of(ANN), tmp_path, exercise="ex9")
    assert not (tmp_path / "out.csv").exists()


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@given(
    st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=5),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_untouched_cells_stay(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], delimiter: str, end: str
) -> None:
    """Whatever stands in the other cells, only grades and comments change, and only in matched rows."""
    header = [*HEADER.split(","), "more"]
    lines = [
        [f"Participant {place}", name, "", status, "", "30.00", "Yes", "-", "-", "", name]
        for place, (name, status) in enumerate(rows)
    ]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([header, *lines])
    student = Student(id="s", ids={"moodle": "0"})
    found, told = filled(text.getvalue(), class_of(student), tmp_path_factory.mktemp("moodle"))
    assert told.filled == 1
    before, after = Sheet(text.getvalue().encode()), Sheet(found.encode())
    grade, comment = after.text(1, 4), after.text(1, 9)
    assert (grade, comment[:4]) == ("14", "ex1 ")
    before.put(1, 4, grade)
    before.put(1, 9, comment)
    assert before.data() == after.data()


def test_reported_names_are_safe(tmp_path: Path) -> None:
    """What is told about a file holds no escape sequence of a student's or of the file's."""
    _, told = filled(WORKSHEET, class_of(Student(id="x\x1b[31m\nred")), tmp_path)
    assert told.unmatched_students == ("x red",)
    assert told.unmatched_rows[-1] == "Participant 1004 =cmd()"
