"""A class as JUnit XML, as Jenkins and GitLab read it: a suite for each student, a case for each exercise."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from grader.batch.exports.scores import number, short_number
from grader.model import Status
from grader.sanitise import plain, plain_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.batch.records import Row, Student
    from grader.model import Exercise, Report
    from grader.texts import Catalog

PROLOGUE = b'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'
EPILOGUE = b"</testsuites>\n"

_LONGEST = 5000
_FOREIGN = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ERRORS = frozenset({Status.ERROR, Status.TIMEOUT, Status.CRASHED})
_SKIPPED = frozenset({Status.NOT_STARTED, Status.MISSING, Status.SKIPPED})


def suite(
    student: Student,
    rows: Sequence[Row],
    reports: Mapping[str, Report],
    *,
    exercises: Sequence[Exercise],
    texts: Catalog,
) -> bytes:
    """Return the `<testsuite>` of one student."""
    ends = [_end(row) for row in rows]
    element = Element(
        "testsuite",
        name=_line(student.id),
        tests=str(len(ends)),
        failures=str(ends.count("failure")),
        errors=str(ends.count("error")),
        skipped=str(ends.count("skipped")),
        time=number(sum(row.seconds for row in rows)),
    )
    for row, exercise, end in zip(rows, exercises, ends, strict=True):
        name = _line(f"{exercise.id} {exercise.slug}")
        case = SubElement(element, "testcase", classname=_line(student.id), name=name, time=number(row.seconds))
        if end:
            found = SubElement(case, end, message=_headline(row, texts), type=row.status)
            found.text = _text(_story(row, reports.get(row.exercise), texts))
        if row.override is not None:
            said = texts.say("exports.override", score=short_number(row.override.score), why=row.override.why)
            SubElement(case, "system-out").text = _text(said)
    return tostring(element, encoding="unicode").encode() + b"\n"


def _end(row: Row) -> str:
    if row.is_fault or row.status in _ERRORS:
        return "error"
    if row.status in _SKIPPED:
        return "skipped"
    return "" if row.status is Status.PASSED else "failure"


def _headline(row: Row, texts: Catalog) -> str:
    if row.is_fault:
        return _line(texts.say("exports.fault"))
    if row.mistake_title:
        return _line(texts.say("report.mistake", title=row.mistake_title))
    return _line(texts.say(f"status.{row.status}"))


def _story(row: Row, report: Report | None, texts: Catalog) -> str:
    parts = [row.message]
    if report is not None:
        parts += [report.mistake.advice if report.mistake else ""]
        parts += [
            f"{texts.say(f'status.{check.status}')}: {check.title}\n{check.message}"
            for check in report.checks
            if check.status is not Status.PASSED
        ]
    return "\n\n".join(part for part in dict.fromkeys(parts) if part)


def _line(text: str) -> str:
    return _FOREIGN.sub("", plain_line(text, _LONGEST))


def _text(text: str) -> str:
    return _FOREIGN.sub("", plain(text, _LONGEST))
