"""junit.xml."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from grader.batch.exports import junit, write_exports
from grader.batch.records import Student
from grader.model import Status
from grader.texts import Catalog
from tests.batch.exports.books import (
    EXERCISES,
    HOSTILE,
    book_of,
    check,
    class_of,
    faulty_class,
    hostile_class,
    report,
    row_of,
)

if TYPE_CHECKING:
    from pathlib import Path

    from grader.batch.records import Book


def suites(book: Book, out: Path) -> list[ET.Element]:
    """Return the suites of `junit.xml`."""
    write_exports(book, out)
    root = ET.parse(out / "junit.xml").getroot()  # noqa: S314 - our own file
    assert root.tag == "testsuites"
    return list(root)


def test_suites_are_students_and_cases_exercises(tmp_path: Path) -> None:
    """A failure names the mistake, what was not handed in is skipped, and the counts agree."""
    (suite,) = suites(class_of(Student(id="ann")), tmp_path)
    assert {name: suite.get(name) for name in ("name", "tests", "failures", "errors", "skipped")} == {
        "name": "ann",
        "tests": "3",
        "failures": "1",
        "errors": "0",
        "skipped": "1",
    }
    failed, absent, passed = suite
    assert (failed.get("classname"), failed.get("name")) == ("ann", "ex1 synthetic_data")
    failure = failed.find("failure")
    assert failure is not None
    assert failure.get("message") == "Mistake: The half is missing"
    assert "It differs." in str(failure.text)
    assert absent.find("skipped") is not None
    assert [child.tag for child in passed] == ["system-out"]
    assert "Late." in str(passed.findtext("system-out"))


def test_faults_are_errors(tmp_path: Path) -> None:
    """What the grader failed to grade is an error that says whose fault it is."""
    (suite,) = suites(faulty_class(), tmp_path)
    error = suite[2].find("error")
    assert error is not None
    assert "nobody gets a zero" in str(error.get("message"))
    assert error.text == "The worker could not start."


def test_statuses_end_as_jenkins_reads_them(tmp_path: Path) -> None:
    """Raised, killed and timed out are errors; a stub and what depended on another are skipped."""
    for status in Status:
        found = [report(exercise, check(status), status=status) for exercise in EXERCISES]
        (suite,) = suites(book_of([Student(id="a")], {"a": [row_of("a", each) for each in found]}), tmp_path)
        due = {Status.PASSED: [], Status.FAILED: ["failure"]}.get(
            status, ["error"] if status in (Status.ERROR, Status.TIMEOUT, Status.CRASHED) else ["skipped"]
        )
        assert [child.tag for child in suite[0]] == due


def test_hostile_class_parses(tmp_path: Path) -> None:
    """Markup, escapes and lone surrogates of students end as text."""
    found = suites(hostile_class(), tmp_path)
    assert len(found) == len(HOSTILE)
    assert found[1].get("name") == "<script>alert(1)</script>"


@given(st.text(st.characters()))
def test_any_text_parses(text: str) -> None:
    """Whatever a student is called or prints, the suite is valid XML of the same shape."""
    student = Student(id=text)
    book = class_of(student, text=text)
    data = junit.suite(
        student,
        tuple(book.rows_of(text)),
        book.reports_of(text),
        exercises=book.exercises,
        texts=Catalog("en"),
    )
    suite = ET.fromstring(data)  # noqa: S314 - our own
    tags = [each.tag for each in suite.iter()]
    assert tags == ["testsuite", "testcase", "failure", "testcase", "skipped", "testcase", "system-out"]
