"""All exports of a run together."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from grader.batch.exports import write_exports
from grader.batch.records import Student
from grader.errors import WorkspaceError
from tests.batch.exports.books import class_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from grader.model import Report


def test_a_broken_run_leaves_what_was_there(tmp_path: Path) -> None:
    """Where a report cannot be loaded halfway, the tables of the run before stay, and no draft is left."""
    book = class_of(Student(id="ann"), Student(id="bo"))
    write_exports(class_of(Student(id="before")), tmp_path)
    tables = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}

    def reports_of(student: str) -> Mapping[str, Report]:
        if student == "bo":
            raise KeyError(student)
        return book.reports_of(student)

    with pytest.raises(KeyError):
        write_exports(replace(book, reports_of=reports_of), tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == tables


def test_the_second_run_is_the_same(tmp_path: Path) -> None:
    """The same class gives the same bytes."""
    book = class_of(Student(id="ann"))
    write_exports(book, tmp_path)
    first = {path: path.read_bytes() for path in tmp_path.rglob("*.*")}
    write_exports(book, tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*")} == first


def test_what_nobody_has_any_more_goes(tmp_path: Path) -> None:
    """The pages of who left the class and drafts of killed runs go; what somebody put there stays."""
    write_exports(class_of(Student(id="ann"), Student(id="Änne"), Student(id="zoe.x")), tmp_path)
    kept = {path for path in tmp_path.rglob("*") if not path.name.startswith("zoe.x")}
    for name in (".grades.csv.12-0123abcd.tmp", "feedback/.ann.md.12-0123abcd.tmp"):
        (tmp_path / name).write_bytes(b"half")
    mine = [tmp_path / "feedback" / name for name in ("notes.md", "index.html", ".hidden.tmp")]
    for path in mine:
        path.write_bytes(b"mine")
    write_exports(class_of(Student(id="ann"), Student(id="Änne")), tmp_path)
    assert {*tmp_path.rglob("*")} == {*kept, *mine}


def test_a_class_without_students_has_headers_alone(tmp_path: Path) -> None:
    """Nobody handed in: the files are there, and valid."""
    write_exports(class_of(), tmp_path)
    assert (tmp_path / "grades.csv").read_bytes().count(b"\n") == 1
    assert (tmp_path / "junit.xml").read_text(encoding="utf-8").endswith("<testsuites>\n</testsuites>\n")


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    """Where a folder cannot be made, the message names it."""
    (tmp_path / "feedback").write_bytes(b"")
    with pytest.raises(WorkspaceError) as caught:
        write_exports(class_of(), tmp_path)
    assert caught.value.params["path"] == tmp_path / "feedback"


def test_nothing_heavy_is_imported() -> None:
    """A command that only names the exports pays for no template engine."""
    code = "import sys, grader.batch.exports; print({'torch', 'jinja2', 'matplotlib', 'nbformat'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "set()\n"
