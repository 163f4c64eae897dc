"""A row for every student and exercise, whatever is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from grader.batch.bookkeeping import book_of
from grader.batch.records import Override
from grader.batch.store import FILE_NAME, Store
from grader.batch.work import Outcome
from grader.course import load_course
from grader.errors import UsageError
from grader.model import Status, Text
from tests.batch.classroom import graded, handin, report, take_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from grader.model import Course

SETTINGS = {"seed": "7", "lang": "en", "device": "auto", "sandbox": "full", "exercises": "ex1,ex2", "layout": "plain"}


@pytest.fixture
def course(course_root: Path) -> Course:
    """Return a small course."""
    return load_course(course_root)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return a store of two students: one handed in ex1, the other nothing."""
    with Store(tmp_path / FILE_NAME) as opened:
        take_in(opened, handin("amy"), settings=SETTINGS, more=("bo",))
        yield opened


def test_every_student_has_a_row_for_every_exercise(store: Store, course: Course) -> None:
    """Exercises that were not asked for have none, and what was not handed in is a zero that says so."""
    store.record(graded("amy"))
    rows = list(book_of(store, course).rows())
    assert [(row.student, row.exercise, row.status) for row in rows] == [
        ("amy", "ex1", Status.PASSED),
        ("amy", "ex2", Status.MISSING),
        ("bo", "ex1", Status.MISSING),
        ("bo", "ex2", Status.MISSING),
    ]
    assert [row.score for row in rows] == [10.0, 0.0, 0.0, 0.0]
    assert rows[1].message
    assert not any(row.is_fault for row in rows)


def test_a_verdict_fills_its_row(store: Store, course: Course) -> None:
    """The message is that of the first check that is held against the code."""
    failed = report(status=Status.FAILED, score=0.0, message="off by one")
    store.record(Outcome(student="amy", exercise="ex1", report=failed))
    row = book_of(store, course).by_student["amy"]["ex1"]
    assert (row.status, row.score, row.graded_score, row.max_score) == (Status.FAILED, 0.0, 0.0, 10.0)
    assert (row.message, row.device, row.seed, row.sandbox) == ("off by one", "cpu", 7, "full")
    assert row.file == "amy/ex01_first_steps.py"
    assert row.sha256 == handin("amy").sha256


@pytest.mark.parametrize("outcome", [None, Outcome(student="amy", exercise="ex1", report=None, fault="no judge")])
def test_what_could_not_be_graded_has_no_score(store: Store, course: Course, outcome: Outcome | None) -> None:
    """A fault of the grader's, or a run that ended too early, is nobody's zero, and says why."""
    if outcome is not None:
        store.record(outcome)
    row = book_of(store, course).by_student["amy"]["ex1"]
    assert row.is_fault
    assert row.status is Status.CRASHED
    assert row.score is row.graded_score is None
    assert (outcome.fault if outcome else "before its turn") in row.message


def test_all_checks_skipped_is_no_zero(store: Store, course: Course) -> None:
    """Where nothing could be judged, nothing is held against the student."""
    store.record(Outcome(student="amy", exercise="ex1", report=report(status=Status.SKIPPED, score=0.0)))
    row = book_of(store, course).by_student["amy"]["ex1"]
    assert row.is_fault
    assert row.score is None


def test_a_file_that_cannot_be_graded_is_an_error_with_its_reason(store: Store, course: Course) -> None:
    """In the language of the run."""
    fault = Text("a broken notebook", "笔记本已损坏")
    take_in(store, handin("amy", fault=fault), settings=SETTINGS | {"lang": "zh"})
    row = book_of(store, course).by_student["amy"]["ex1"]
    assert (row.status, row.score, row.message, row.is_fault) == (Status.ERROR, 0.0, fault.zh, False)


@pytest.mark.parametrize("outcome", [graded("amy"), Outcome(student="amy", exercise="ex1", report=None, fault="x")])
def test_an_override_stands_beside_what_was_found(store: Store, course: Course, outcome: Outcome) -> None:
    """The score is the instructor's, and the grader's own is still there to be seen."""
    before = None if outcome.report is None else 10.0
    store.record(outcome)
    store.override("amy", "ex1", Override(4.0, "late", "2026-01-01T00:00:00+00:00"))
    store.override("bo", "ex2", Override(5.0, "by mail", "2026-01-01T00:00:00+00:00"))
    store.override("gone", "ex1", Override(5.0, "left", "2026-01-01T00:00:00+00:00"))
    book = book_of(store, course)
    row = book.by_student["amy"]["ex1"]
    assert (row.score, row.graded_score) == (4.0, before)
    assert row.override is not None
    assert row.override.why == "late"
    assert (book.by_student["bo"]["ex2"].score, book.by_student["bo"]["ex2"].graded_score) == (5.0, 0.0)
    assert "gone" not in book.by_student


def test_reports_are_loaded_for_one_student(store: Store, course: Course) -> None:
    """Only of what has one that counts."""
    store.record(graded("amy"))
    book = book_of(store, course)
    assert list(book.reports_of("amy")) == ["ex1"]
    assert book.reports_of("bo") == {}
    assert book.reports_of("nobody") == {}


def test_the_run_claims_its_weakest_confinement(store: Store, course: Course) -> None:
    """One verdict from an unconfined machine is enough."""
    take_in(store, handin("amy"), handin("bo"), settings=SETTINGS)
    store.record(graded("amy"))
    assert book_of(store, course).sandbox == "full"
    weak = msgspec.structs.replace(report(), sandbox="limits")
    store.record(Outcome(student="bo", exercise="ex1", report=weak))
    assert book_of(store, course).sandbox == "limits"


def test_a_course_without_an_exercise_that_was_graded_is_refused(store: Store, course: Course) -> None:
    """Another course is not taken for the right one."""
    fewer = msgspec.structs.replace(course, exercises=course.exercises[:1])
    with pytest.raises(UsageError):
        book_of(store, fewer)
