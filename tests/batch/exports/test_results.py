"""results.jsonl."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from grader.batch.exports import write_exports
from grader.batch.records import Student
from tests.batch.exports.books import HOSTILE, MISTAKE, class_of, faulty_class, hostile_class

if TYPE_CHECKING:
    from pathlib import Path

    from grader.batch.records import Book


def results(book: Book, out: Path) -> list[dict[str, object]]:
    """Return the objects of `results.jsonl`."""
    write_exports(book, out)
    return [json.loads(line) for line in (out / "results.jsonl").read_bytes().splitlines()]


def test_lines_hold_the_row_and_the_report(tmp_path: Path) -> None:
    """One object a row, with the report as `grader check --json` gives it, the override and the notes."""
    failed, absent, overridden = results(class_of(Student(id="ann", name="Ann"), lang="zh"), tmp_path)
    report = failed["report"]
    assert isinstance(report, dict)
    assert report["mistake"] == {"id": "no_half", "title": MISTAKE.title, "advice": MISTAKE.advice}
    assert [check["status"] for check in report["checks"]] == ["passed", "failed"]
    assert failed["notes"] == ["三个中最新的：It differs."]
    assert (absent["status"], absent["score"], absent["report"]) == ("missing", 0.0, None)
    assert overridden["override"] == {"score": 9.0, "why": "Late.", "at": "2026-01-02T03:04:05Z"}
    assert (overridden["score"], overridden["graded_score"]) == (9.0, 5.0)


def test_faults_have_null_as_a_score(tmp_path: Path) -> None:
    """A fault of the grader's is told apart from a zero."""
    found = results(faulty_class(), tmp_path)[2]
    assert (found["score"], found["is_fault"], found["message"]) == (None, True, "The worker could not start.")


def test_hostile_text_is_one_line_each(tmp_path: Path) -> None:
    """No name and no output breaks a line or brings an escape sequence."""
    found = results(hostile_class(), tmp_path)
    assert len(found) == 3 * len(HOSTILE)
    assert "\x1b" not in json.dumps(found, ensure_ascii=False)
