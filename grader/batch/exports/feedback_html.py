"""A student's feedback as one page of HTML that needs no script and no network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.batch.exports.feedback import Page
    from grader.texts import Catalog

_TEMPLATE = "feedback.html.j2"


def html_writer(texts: Catalog) -> Callable[[Page], bytes]:
    """Return what turns a page of feedback into HTML, in the language of `texts`; every text is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - slow, and only some runs write HTML

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template(_TEMPLATE)
    labels = {
        "exercise": texts.say("feedback.exercise"),
        "status": texts.say("feedback.status"),
        "score": texts.say("feedback.score"),
        "checks": texts.say("feedback.checks"),
        "output": texts.say("report.output"),
        "replay": texts.say("feedback.replay"),
        "notes": texts.say("feedback.notes"),
        "overview": texts.say("feedback.overview"),
        "title": texts.say("feedback.title"),
    }

    def rendered(page: Page) -> bytes:
        return template.render(page=page, labels=labels).encode()

    return rendered
