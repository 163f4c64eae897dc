"""Make the book of a class from what the store holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from grader.batch.records import Book, Override, Row
from grader.course import find_exercise
from grader.model import Exercise, Lang, Status
from grader.texts import Catalog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.batch.store import Kept, Store
    from grader.model import Course, Report

# From the weakest on: what a whole run can claim is what its weakest verdict had.
LEVELS = ("none", "limits", "seccomp", "landlock", "full")


def book_of(store: Store, course: Course) -> Book:
    """Return the book of the last run in `store`: one row for every student and exercise.

    Raises:
        WorkspaceError: the store cannot be read.
        UsageError: the course lacks an exercise that was graded.
    """
    settings = store.settings()
    lang: Lang = "zh" if settings.get("lang") == "zh" else "en"
    names = settings.get("exercises", "").split(",")
    exercises = tuple(find_exercise(course, name) for name in names if name)
    known = {each.id: each for each in exercises}
    students = store.students()
    overrides = store.overrides()
    seed = int(settings.get("seed", "0"))
    device = settings.get("device", "")
    by_student: dict[str, dict[str, Row]] = {
        student.id: {each.id: _missing(student.id, each, device, seed, lang) for each in exercises}
        for student in students
    }
    levels = {settings.get("sandbox", "")}
    for kept in store.kept():
        row = _handed_in(by_student[kept.student][kept.exercise], kept, lang)
        by_student[kept.student][kept.exercise] = row
        levels.add(row.sandbox)
    for (student, exercise), override in overrides.items():
        if student in by_student and exercise in known:
            by_student[student][exercise] = _overridden(by_student[student][exercise], override)

    def reports_of(student: str) -> Mapping[str, Report]:
        return {kept.exercise: kept.report for kept in store.kept(student) if kept.report is not None}

    return Book(
        course=course,
        lang=lang,
        exercises=exercises,
        students=students,
        by_student=by_student,
        reports_of=reports_of,
        unread=store.unread(),
        sandbox=next((level for level in LEVELS if level in levels), ""),
        layout=settings.get("layout", ""),
        digest=store.digest(),
    )


def _missing(student: str, exercise: Exercise, device: str, seed: int, lang: Lang) -> Row:
    return Row(
        student=student,
        exercise=exercise.id,
        status=Status.MISSING,
        score=0.0,
        graded_score=0.0,
        max_score=exercise.points,
        device=device,
        seed=seed,
        message=Catalog(lang).say("batch.missing"),
    )


def _handed_in(row: Row, kept: Kept, lang: Lang) -> Row:
    """Return what becomes of the row of something missing once it was handed in."""
    row = msgspec.structs.replace(row, file=kept.file, sha256=kept.sha256, notes=kept.notes, message="")
    report = kept.report
    if kept.fault is not None:
        return msgspec.structs.replace(row, status=Status.ERROR, message=kept.fault.in_lang(lang))
    if report is None or report.status is Status.SKIPPED:
        # All checks skipped: the device that was asked for is not there.
        reason = kept.failure or Catalog(lang).say("batch.not_reached" if report is None else "batch.no_device")
        return msgspec.structs.replace(
            row,
            status=Status.CRASHED,
            score=None,
            graded_score=None,
            is_fault=True,
            message=Catalog(lang).say("batch.fault", reason=reason),
        )
    return msgspec.structs.replace(
        row,
        status=report.status,
        score=report.score,
        graded_score=report.score,
        mistake="" if report.mistake is None else report.mistake.id,
        mistake_title="" if report.mistake is None else report.mistake.title,
        seconds=report.seconds,
        device=report.device,
        seed=report.seed,
        sandbox=report.sandbox,
        message=_message(report),
    )


def _overridden(row: Row, override: Override) -> Row:
    return msgspec.structs.replace(row, score=override.score, override=override)


def _message(report: Report) -> str:
    """Return what stands for a whole report in one cell: its own message, or that of its first check that is held."""
    if report.message or report.passed:
        return report.message
    return next((check.message for check in report.checks if check.message and check.score < check.max_score), "")
