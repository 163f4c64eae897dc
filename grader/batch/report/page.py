"""Write the report of a class: one page that needs no network and no script."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from grader.batch.report.summary import ClassSummary, summarise
from grader.durable import doing, replace_file
from grader.sanitise import plain, plain_line
from grader.signs import sign_of
from grader.texts import Catalog, Phrase

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jinja2 import Environment
    from markupsafe import Markup

    from grader.batch.records import Book, Student
    from grader.batch.report.summary import StatusCount
    from grader.model import Status

LARGEST_GRID = 500
LONGEST_LIST = 100
_SHOWN_MISTAKES = 4
_LONGEST_LINE = 160
_LONGEST_MESSAGE = 700
_MESSAGE_LINES = 12
_FULL = "full"


def write_report(book: Book, path: Path, *, at: datetime | None = None) -> None:
    """Write the report of `book` to `path`; `at` is when the run ended, now if it is not given.

    Raises:
        WorkspaceError: the file cannot be written.
    """
    page = render(book, at=at or datetime.now(UTC))
    with doing(Phrase("class_report.write"), path):
        replace_file(path, page.encode())


def render(book: Book, *, at: datetime) -> str:
    """Return the page."""
    from markupsafe import Markup  # noqa: PLC0415 - a command that writes no page need not load it

    from grader.batch.report import pictures  # noqa: PLC0415 - matplotlib takes half a second

    texts = Catalog(book.lang)
    summary = summarise(book)
    students = texts.say("class_report.students")
    drawn = {
        "scores": pictures.scores_picture(
            summary.bins, x_label=texts.say("class_report.score_share"), y_label=students
        ),
        "statuses": pictures.status_picture(
            summary.exercises, summary.students, x_label=texts.say("class_report.share_of_class")
        ),
        "seconds": pictures.time_picture(summary.exercises, x_label=texts.say("class_report.seconds")),
    }
    template = _environment(texts).get_template("report.html.jinja")
    return template.render(
        book=book,
        summary=summary,
        at=at.astimezone(UTC),
        pictures={name: Markup(svg) for name, svg in drawn.items()},  # noqa: S704 - drawn here, labels escaped
        is_confined=book.sandbox == _FULL,
        names={student.id: _named(student) for student in book.students},
        shown_statuses=_shown_statuses(summary),
        has_grid=len(book.students) <= LARGEST_GRID,
        longest_list=LONGEST_LIST,
        largest_grid=LARGEST_GRID,
        shown_mistakes=_SHOWN_MISTAKES,
    )


def _environment(texts: Catalog) -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - as above

    environment = Environment(
        loader=PackageLoader("grader.batch.report", "template"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def word(status: Status | None) -> str:
        if status is None:
            return f"! {texts.say('class_report.ungraded')}"
        return f"{sign_of(status).symbol} {texts.say(f'status.{status}')}"

    environment.globals.update(say=texts.say, lang=texts.lang)
    environment.filters.update(
        line=_line,
        block=_block,
        number=_number,
        share=_share,
        word=word,
        seconds=_seconds,
        percent=_percent,
        marked=_marked,
    )
    return environment


def _shown_statuses(summary: ClassSummary) -> Sequence[Status | None]:
    """Return the statuses that anyone has."""

    def is_used(counts: tuple[StatusCount, ...]) -> bool:
        return any(count.students for count in counts)

    by_status = zip(*(each.statuses for each in summary.exercises), strict=True)
    return [counts[0].status for counts in by_status if is_used(counts)]


def _named(student: Student) -> str:
    id_, name = _line(student.id), _line(student.name)
    return f"{name} ({id_})" if name and name != id_ else id_ or "?"


def _line(text: str) -> str:
    return plain_line(text, _LONGEST_LINE).strip()


def _block(text: str) -> str:
    lines = plain(text, _LONGEST_MESSAGE).strip("\n").split("\n")
    return "\n".join([*lines[:_MESSAGE_LINES], "…"] if len(lines) > _MESSAGE_LINES else lines)


def _marked(text: str) -> Markup:
    """Return `text` escaped, with what stands between backticks as code."""
    from markupsafe import Markup, escape  # noqa: PLC0415 - as above

    return Markup(re.sub(r"`([^`\n]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped before


def _number(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f}%"


def _share(part: int, whole: int) -> str:
    """Return `part` of `whole` in percent; what is there is never said to be none, nor part of it all."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    if 0 < percent < 1:
        return "<1%"
    return ">99%" if 99 < percent < 100 else f"{percent:.0f}%"  # noqa: PLR2004
