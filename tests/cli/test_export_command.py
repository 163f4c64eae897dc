"""Filling a learning platform's own file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.batch.records import Student
from grader.batch.store import FILE_NAME, Store
from tests.batch.classroom import graded, handin

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import RunGrader

MOODLE = (
    "Identifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,Feedback comments\r\n"
    "Participant 11,Amelia,a@x.org,Submitted,,10,Yes,\r\n"
    "Participant 12,Bo,b@x.org,Submitted,,10,Yes,\r\n"
)
CANVAS = "Student,ID,SIS Login ID,Section,ex1 (5)\r\nPoints Possible,,,,10\r\nAmelia,21,amelia,A,\r\nBo,22,bo,A,\r\n"


@pytest.fixture
def out(home: Path, course_root: Path) -> Path:
    """Return the results of a class of two, one of whom both platforms know."""
    folder = home / "out"
    folder.mkdir()
    settings = {"seed": "7", "lang": "en", "sandbox": "full", "exercises": "ex1,ex2", "course": str(course_root)}
    known = Student(id="amelia", name="Amelia", ids={"moodle": "11", "canvas": "21"})
    with Store(folder / FILE_NAME) as store:
        handins = [handin("amelia"), handin("stranger")]
        store.take_in([known, Student(id="stranger")], handins, [], lambda _: "x", settings)
        store.record(graded("amelia", score=6.0))
        store.record(graded("stranger", score=1.0))
    return folder


@pytest.mark.parametrize(("command", "text"), [("moodle", MOODLE), ("canvas", CANVAS)])
def test_a_copy_is_filled_and_leftovers_are_told(
    run_grader: RunGrader, home: Path, out: Path, command: str, text: str
) -> None:
    """The file itself stays; rows of nobody and students without a row are named, and make the exit status 1."""
    sheet = home / "sheet.csv"
    sheet.write_bytes(text.encode())
    exercise = ("--exercise", "ex1") if command == "moodle" else ()
    done = run_grader("export", command, "sheet.csv", "--results", "out", *exercise)
    assert done.returncode == 1, done.stderr
    assert sheet.read_bytes() == text.encode()
    filled = (home / "sheet.graded.csv").read_text(encoding="utf-8")
    assert "6" in next(line for line in filled.splitlines() if "Amelia" in line)
    assert "Bo" in done.stdout
    assert "stranger" in done.stdout


def test_a_whole_class_without_leftovers_is_well(run_grader: RunGrader, home: Path, out: Path) -> None:
    """Exit status 0, into the file that was asked for, from within the folder of the results."""
    with Store(out / FILE_NAME) as store:
        store.take_in(store.students()[:1], [handin("amelia")], [], lambda _: "x", store.settings())
    (out / "sheet.csv").write_bytes("\r\n".join(MOODLE.split("\r\n")[:2]).encode())
    done = run_grader("export", "moodle", "sheet.csv", "--to", "done.csv", cwd=out)
    assert done.returncode == 0, done.stdout
    assert (out / "done.csv").is_file()


def test_wrong_use_is_said(run_grader: RunGrader, home: Path, out: Path) -> None:
    """A missing sheet, one of another kind, an unknown exercise, no results: exit status 2, nothing written."""
    (home / "sheet.csv").write_text(MOODLE, encoding="utf-8")
    (home / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    for words in (
        ("moodle", "none.csv", "--results", "out"),
        ("moodle", "other.csv", "--results", "out"),
        ("moodle", "sheet.csv", "--results", "out", "--exercise", "ex77"),
        ("moodle", "sheet.csv", "--results", "nowhere"),
        ("canvas", "sheet.csv", "--results", "out"),
        ("moodle", "sheet.csv", "--results", "out", "--to", "missing/x.csv"),
    ):
        done = run_grader("export", *words)
        assert done.returncode == 2, (words, done.stdout)
        assert "Traceback" not in done.stderr
        assert len(done.stderr.splitlines()) <= 3
    assert sorted(each.name for each in home.iterdir()) == ["other.csv", "out", "sheet.csv"]
