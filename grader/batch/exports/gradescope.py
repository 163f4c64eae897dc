"""One student's reports as the `results.json` of a Gradescope autograder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from grader.batch.exports.feedback import page
from grader.batch.exports.scores import total
from grader.texts import Catalog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.batch.exports.feedback import CheckView, ExerciseView
    from grader.batch.records import Book, Row
    from grader.model import CheckResult, Lang, Report

Visibility = Literal["visible", "hidden", "after_due_date", "after_published"]

_DECIMALS = 4


class Test(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A test case of Gradescope; one without a score only informs."""

    name: str
    score: float | None = None
    max_score: float | None = None
    status: Literal["passed", "failed"]
    number: str
    output: str = ""
    tags: tuple[str, ...] = ()


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of `results.json`. Nothing that it holds is rendered: all formats are plain text."""

    score: float
    execution_time: float
    output: str
    output_format: str = "text"
    test_output_format: str = "text"
    test_name_format: str = "text"
    visibility: Visibility = "visible"
    stdout_visibility: Visibility = "hidden"
    tests: tuple[Test, ...] = ()


def gradescope_results(book: Book, student: str, *, visibility: Visibility = "visible") -> bytes:
    """Return `results.json` for one student of `book`: a test for each check, one for an exercise without checks.

    The score on top counts, an instructor's override included. What the grader failed to grade has no score
    of its own, and the output says so.

    Raises:
        KeyError: nobody in `book` has that id.
    """
    texts = Catalog(book.lang)
    rows, reports = tuple(book.rows_of(student)), book.reports_of(student)
    who = next(each for each in book.students if each.id == student)
    told = page(who, rows, reports, exercises=book.exercises, course=book.course.title.in_lang(book.lang), texts=texts)
    tests = [
        test
        for place, (row, view) in enumerate(zip(rows, told.exercises, strict=True), 1)
        for test in _tests(row, view, reports.get(row.exercise), str(place))
    ]
    remarks = [
        f"{view.id} {view.title}: {said}"
        for view in told.exercises
        for said in (*([view.mistake.title] if view.mistake else []), *view.remarks, *view.notes)
    ]
    known = total(row for row in rows if row.score is not None) or 0.0
    results = Results(
        score=round(known, _DECIMALS),
        execution_time=round(sum(row.seconds for row in rows), _DECIMALS),
        output="\n".join([told.total, *remarks]),
        visibility=visibility,
        tests=tuple(tests),
    )
    return msgspec.json.encode(results)


def gradescope_failure(*, lang: Lang, seconds: float = 0.0) -> bytes:
    """Return a `results.json` that says that grading failed, and that its 0, which Gradescope demands, is no grade."""
    results = Results(score=0.0, execution_time=round(seconds, _DECIMALS), output=Catalog(lang).say("exports.failure"))
    return msgspec.json.encode(results)


def _tests(row: Row, view: ExerciseView, report: Report | None, number: str) -> Iterator[Test]:
    if report is not None and report.checks and not row.is_fault:
        for place, (check, shown) in enumerate(zip(report.checks, view.checks, strict=True), 1):
            yield _of_check(check, shown, view, f"{number}.{place}")
        return
    yield Test(
        name=f"{view.id} {view.title}",
        score=row.score,
        max_score=None if row.score is None else row.max_score,
        status="passed" if row.score is not None and row.score >= row.max_score else "failed",
        number=number,
        output="\n\n".join(each for each in (*view.remarks, view.message) if each),
        tags=(row.exercise,),
    )


def _of_check(check: CheckResult, shown: CheckView, view: ExerciseView, number: str) -> Test:
    named = shown.mistake or (view.mistake if check.mistake else None)
    mistake = [named.title, named.advice] if named else []
    return Test(
        name=f"{view.id} {view.title}: {shown.title}",
        score=check.score,
        max_score=check.max_score,
        status="passed" if check.status == "passed" else "failed",
        number=number,
        output="\n\n".join(each for each in (*mistake, shown.message, shown.output) if each),
        tags=(view.id,),
    )
