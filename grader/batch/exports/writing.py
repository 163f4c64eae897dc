"""Writes everything that a finished class run gives out, in one pass over the students."""

from __future__ import annotations

import re
from contextlib import ExitStack
from typing import TYPE_CHECKING

from grader.batch.exports import junit, tables
from grader.batch.exports.drafts import drafted
from grader.batch.exports.feedback import page
from grader.batch.exports.feedback_html import html_writer
from grader.batch.exports.feedback_markdown import markdown
from grader.batch.exports.file_names import file_names, folded
from grader.batch.exports.results import result_line
from grader.durable import doing
from grader.texts import Catalog, Phrase

if TYPE_CHECKING:
    from pathlib import Path

    from grader.batch.records import Book

_FILES = ("grades.csv", "gradebook.csv", "results.jsonl", "junit.xml")
_FEEDBACK = "feedback"
# As `drafted` and `replace_file` call what is not whole yet.
_DRAFT = re.compile(r"\..+\.[0-9]+-[0-9a-f]{8}\.tmp")


def paths_in(out: Path) -> tuple[Path, ...]:
    """Return what `write_exports` writes into `out`: four files, and the folder of the feedback."""
    return (*(out / name for name in _FILES), out / _FEEDBACK)


def write_exports(book: Book, out: Path) -> tuple[Path, ...]:
    """Write `grades.csv`, `gradebook.csv`, `results.jsonl`, `junit.xml` and `feedback/` into the folder `out`.

    Each file appears whole or stays as it was. One student is held in memory at a time. The
    feedback of who is no longer in the class goes, and so does what a killed run left half written.

    Returns:
        `paths_in(out)`.

    Raises:
        WorkspaceError: a file or folder cannot be written.
    """
    feedback = out / _FEEDBACK
    with doing(Phrase("action.make_folder"), feedback):
        feedback.mkdir(parents=True, exist_ok=True)
    texts = Catalog(book.lang)
    to_html = html_writer(texts)
    names = file_names(student.id for student in book.students)
    paths = paths_in(out)
    with ExitStack() as stack:
        grades, gradebook, results, suites = (stack.enter_context(drafted(path)) for path in paths[: len(_FILES)])
        grades.write(tables.grades_header())
        gradebook.write(tables.gradebook_header(book.exercises))
        suites.write(junit.PROLOGUE)
        for student in book.students:
            rows = tuple(book.rows_of(student.id))
            reports = book.reports_of(student.id)
            grades.write(tables.grades_lines(rows))
            gradebook.write(tables.gradebook_line(student, rows))
            for row in rows:
                results.write(result_line(student, row, reports.get(row.exercise), book.lang))
            suites.write(junit.suite(student, rows, reports, exercises=book.exercises, texts=texts))
            told = page(
                student,
                rows,
                reports,
                exercises=book.exercises,
                course=book.course.title.in_lang(book.lang),
                texts=texts,
            )
            for ending, content in ((".html", to_html(told)), (".md", markdown(told, texts))):
                with drafted(feedback / f"{names[student.id]}{ending}") as file:
                    file.write(content)
        suites.write(junit.EPILOGUE)
    _clear(out, feedback, frozenset(map(folded, names.values())))
    return paths


def _clear(out: Path, feedback: Path, current: frozenset[str]) -> None:
    """Remove drafts, and pages of names that are not `current`: pairs of our own, no file that somebody put there."""
    with doing(Phrase("exports.write"), feedback):
        drafts = [path for folder in (out, feedback) for path in folder.iterdir() if _DRAFT.fullmatch(path.name)]
        pages = [path for path in feedback.iterdir() if path.suffix == ".html" and folded(path.stem) not in current]
        for path in drafts:
            path.unlink(missing_ok=True)
        for path in pages:
            if path.with_suffix(".md").is_file():
                path.unlink(missing_ok=True)
                path.with_suffix(".md").unlink(missing_ok=True)
