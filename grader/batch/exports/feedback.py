"""What a student reads about the own work, in the words of one language, before it becomes HTML or Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from grader.batch.exports.scores import full_marks, short_number, total
from grader.model import Status
from grader.sanitise import plain, plain_line
from grader.shown import LONGEST_TEXT, cleaned
from grader.signs import Sign, sign_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.batch.records import Row, Student
    from grader.model import CheckResult, Exercise, Lang, Mistake, Report
    from grader.texts import Catalog

_LONGEST_OUTPUT = 2000
_LONGEST_LINE = 400
_FULL = "full"


@dataclass(frozen=True, kw_only=True)
class MistakeView:
    """A named mistake: `title` is a sentence that says so."""

    title: str
    advice: str


@dataclass(frozen=True, kw_only=True)
class CheckView:
    """One check. `message` and `output` may quote the student's code; they are empty where told before."""

    sign: Sign
    word: str
    title: str
    score: str
    message: str
    mistake: MistakeView | None
    output: str


@dataclass(frozen=True, kw_only=True)
class ExerciseView:
    """One exercise. `remarks` are sentences of the grader's; `file`, `message` and `notes` may quote the student."""

    id: str
    title: str
    sign: Sign
    word: str
    score: str
    facts: str
    file: str
    remarks: tuple[str, ...]
    replay: str
    mistake: MistakeView | None
    message: str
    notes: tuple[str, ...]
    checks: tuple[CheckView, ...]


@dataclass(frozen=True, kw_only=True)
class Page:
    """The feedback of one student; `name` is what the student is called."""

    lang: Lang
    course: str
    name: str
    total: str
    exercises: tuple[ExerciseView, ...]


def page(
    student: Student,
    rows: Sequence[Row],
    reports: Mapping[str, Report],
    *,
    exercises: Sequence[Exercise],
    course: str,
    texts: Catalog,
) -> Page:
    """Return the feedback of `student`; no text in it has control characters, and none is without bounds."""
    return Page(
        lang=texts.lang,
        course=course,
        name=_line(student.name) or _line(student.id),
        total=_total(rows, texts),
        exercises=tuple(
            _exercise(exercise, row, reports.get(exercise.id), texts)
            for exercise, row in zip(exercises, rows, strict=True)
        ),
    )


def _bounded(report: Report) -> Report:
    # Output is cut first, so that the cut counts all that is missing.
    checks = tuple(
        msgspec.structs.replace(check, output=plain(check.output.rstrip(), _LONGEST_OUTPUT))
        if len(check.output) > _LONGEST_OUTPUT
        else check
        for check in report.checks
    )
    return cleaned(msgspec.structs.replace(report, checks=checks))


def _total(rows: Sequence[Row], texts: Catalog) -> str:
    score, most = total(rows), short_number(full_marks(rows))
    if score is not None:
        return texts.say("feedback.total", score=short_number(score), max_score=most)
    known = sum(row.score for row in rows if row.score is not None)
    return texts.say("feedback.total_so_far", score=short_number(known), max_score=most)


def _exercise(exercise: Exercise, row: Row, report: Report | None, texts: Catalog) -> ExerciseView:
    shown = None if report is None else _bounded(report)
    is_graded = shown is not None and not row.is_fault
    return ExerciseView(
        id=exercise.id,
        title=exercise.title.in_lang(texts.lang),
        sign=sign_of("note" if row.is_fault else row.status),
        word=texts.say("feedback.not_graded") if row.is_fault else texts.say(f"status.{row.status}"),
        score=_score(row.score, row.max_score),
        facts=texts.say("feedback.facts", seconds=f"{row.seconds:.2f}", device=_line(row.device)) if is_graded else "",
        file=_line(row.file),
        remarks=tuple(_remarks(row, texts)),
        replay=f"grader check {row.exercise} --seed {row.seed}"
        if is_graded and row.status is not Status.PASSED
        else "",
        mistake=_mistake(shown.mistake if shown else None, texts) or _mistake_of_row(row, texts),
        message=plain((shown.message if shown else "") or row.message, LONGEST_TEXT),
        notes=tuple(plain(note.in_lang(texts.lang), LONGEST_TEXT) for note in row.notes),
        checks=tuple(_checks(shown, texts)) if shown else (),
    )


def _remarks(row: Row, texts: Catalog) -> Iterator[str]:
    if row.is_fault:
        yield texts.say("feedback.fault")
    elif row.status is Status.MISSING:
        yield texts.say("feedback.missing")
    if row.override is not None:
        yield texts.say(
            "feedback.override",
            score=_score(row.override.score, row.max_score),
            graded=texts.say("feedback.no_score") if row.graded_score is None else short_number(row.graded_score),
            at=_line(row.override.at),
            why=plain(row.override.why, LONGEST_TEXT),
        )
    if row.sandbox not in ("", _FULL):
        yield texts.say("feedback.sandbox", level=_line(row.sandbox))


def _checks(report: Report, texts: Catalog) -> Iterator[CheckView]:
    # Code at the top of a file prints the same in every check, and fails in the same way.
    told, printed = {report.message}, set[str]()
    for check in report.checks:
        yield _check(check, report, texts, told=told, printed=printed)
        told.add(check.message)
        printed.add(check.output)


def _check(check: CheckResult, report: Report, texts: Catalog, *, told: set[str], printed: set[str]) -> CheckView:
    return CheckView(
        sign=sign_of(check.status),
        word=texts.say(f"status.{check.status}"),
        title=check.title,
        score=_score(check.score, check.max_score),
        message="" if check.message in told else check.message,
        mistake=None if check.mistake == report.mistake else _mistake(check.mistake, texts),
        output="" if check.output in printed else check.output.rstrip(),
    )


def _mistake(mistake: Mistake | None, texts: Catalog) -> MistakeView | None:
    if mistake is None:
        return None
    return MistakeView(title=texts.say("report.mistake", title=mistake.title), advice=mistake.advice)


def _mistake_of_row(row: Row, texts: Catalog) -> MistakeView | None:
    if not row.mistake_title:
        return None
    return MistakeView(title=texts.say("report.mistake", title=_line(row.mistake_title)), advice="")


def _score(score: float | None, most: float) -> str:
    return f"{'–' if score is None else short_number(score)}/{short_number(most)}"


def _line(text: str) -> str:
    return plain_line(text, _LONGEST_LINE)
