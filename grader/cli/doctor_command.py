"""The command that examines this computer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from grader.cli.localised import LocalCommand, shared_options
from grader.cli.screen import columns_of, padded
from grader.sanitise import plain_line

if TYPE_CHECKING:
    from grader.cli.app import App
    from grader.doctor import Finding

_LONGEST = 500


@click.command("doctor", cls=LocalCommand)
@shared_options
@click.pass_obj
def doctor(app: App) -> int:
    """Examine Python, torch, the confinement, the terminal, the workspace and the course."""
    # importlib.metadata costs more than the whole of `grader list`.
    from grader.doctor import examine  # noqa: PLC0415

    problems = 0
    for finding in examine(app.here, app.course_option, app.environ, sys.stdout):
        problems += finding.state == "problem"
        click.echo(_line(app, finding))
    click.echo()
    app.say("doctor.problems" if problems else "doctor.well", count=problems)
    return 1 if problems else 0


def _line(app: App, finding: Finding) -> str:
    words = [app.text(f"doctor.state_{state}") for state in ("ok", "note", "problem")]
    word = app.text(f"doctor.state_{finding.state}")
    status = app.screen.status(finding.state, word, columns=max(map(columns_of, words)))
    detail = finding.detail if isinstance(finding.detail, str) else app.explain(finding.detail)
    topic = padded(app.text(finding.topic.key), 12)
    return f"{status}  {topic}  {plain_line(detail, _LONGEST)}"
