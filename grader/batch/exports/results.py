"""The lines of `results.jsonl`: a row of the class with the full report behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from grader.batch.records import Override
from grader.model import Report, Status
from grader.sanitise import plain, plain_line
from grader.shown import LONGEST_TEXT, cleaned

if TYPE_CHECKING:
    from grader.batch.records import Row, Student
    from grader.model import Lang

_LONGEST_LINE = 5000


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One object of `results.jsonl`; `notes` are in the language of the class, `report` is that of `grader check`."""

    student: str
    name: str
    email: str
    exercise: str
    status: Status
    score: float | None
    graded_score: float | None
    max_score: float
    mistake: str
    mistake_title: str
    seconds: float
    device: str
    seed: int
    file: str
    sha256: str
    sandbox: str
    is_fault: bool
    message: str
    notes: tuple[str, ...]
    override: Override | None
    report: Report | None


def result_line(student: Student, row: Row, report: Report | None, lang: Lang) -> bytes:
    """Return one line of `results.jsonl`; its texts are free of control characters."""
    override = row.override
    result = Result(
        student=_line(student.id),
        name=_line(student.name),
        email=_line(student.email),
        exercise=row.exercise,
        status=row.status,
        score=row.score,
        graded_score=row.graded_score,
        max_score=row.max_score,
        mistake=_line(row.mistake),
        mistake_title=_line(row.mistake_title),
        seconds=row.seconds,
        device=_line(row.device),
        seed=row.seed,
        file=_line(row.file),
        sha256=row.sha256,
        sandbox=_line(row.sandbox),
        is_fault=row.is_fault,
        message=plain(row.message, LONGEST_TEXT),
        notes=tuple(plain(note.in_lang(lang), LONGEST_TEXT) for note in row.notes),
        override=override and Override(override.score, plain(override.why, LONGEST_TEXT), _line(override.at)),
        report=report and cleaned(report),
    )
    return msgspec.json.encode(result) + b"\n"


def _line(text: str) -> str:
    return plain_line(text, _LONGEST_LINE)
