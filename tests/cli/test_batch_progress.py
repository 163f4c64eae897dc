"""What is told while a class is graded, off a terminal and on one."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest

from grader.batch.run import Begun
from grader.batch.work import Outcome
from grader.cli.app import App
from grader.cli.batch_progress import BatchProgress
from grader.cli.screen import columns_of
from grader.model import Status
from tests.batch.classroom import report

if TYPE_CHECKING:
    from grader.model import Lang

SEQUENCES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")


class Screen(io.StringIO):
    """A stream that says what it is."""

    def __init__(self, *, terminal: bool, encoding: str = "utf-8") -> None:
        super().__init__()
        self._terminal = terminal
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Return the encoding of the terminal."""
        return self._encoding

    def isatty(self) -> bool:
        """Say whether it is a terminal."""
        return self._terminal


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now_s


def begun(pending: int, *, sandbox: str = "full") -> Begun:
    """Return what intake found."""
    return Begun(
        layout="plain", students=3, handins=9, unread=1, kept=9 - pending, pending=pending, seed=5, sandbox=sandbox
    )


def outcome(status: Status | None) -> Outcome:
    """Return a verdict, or a fault."""
    made = None if status is None else report(status=status)
    return Outcome(student="amy", exercise="ex1", report=made, fault="" if made else "no judge")


def progress_on(stream: Screen, clock: Clock, *, lang: Lang = "en", **environ: str) -> BatchProgress:
    """Return progress that is told on a stream."""
    app = App(environ)
    app.lang_option = lang
    return BatchProgress(app, stream, environ, clock=clock)


def test_off_a_terminal_a_line_comes_now_and_then() -> None:
    """One for ten seconds and one at the end, with plain words alone."""
    stream, clock = Screen(terminal=False), Clock()
    with progress_on(stream, clock) as progress:
        progress.begun(begun(9))
        said = len(stream.getvalue().splitlines())
        for status in [Status.PASSED] * 5 + [Status.FAILED, Status.TIMEOUT, None]:
            clock.now_s += 4
            progress.graded(outcome(status))
        lines = stream.getvalue().splitlines()[said:]
        clock.now_s += 4
        progress.graded(outcome(Status.PASSED))
    assert len(lines) == 2
    assert lines[0] == "3 of 9 graded, 0.2 a second, 0:00:24 left: passed 3"
    assert stream.getvalue().splitlines()[-1] == (
        "9 graded, 0.2 a second, in 0:00:36: passed 6, failed 1, timeout 1, not graded 1"
    )
    assert "\x1b" not in stream.getvalue()


def test_what_was_found_is_said_first() -> None:
    """With the seed that repeats it, and a warning where confinement is not complete."""
    for sandbox, warned in (("full", False), ("limits", True)):
        stream = Screen(terminal=False)
        progress_on(stream, Clock()).begun(begun(4, sandbox=sandbox))
        assert "--seed 5" in stream.getvalue()
        assert ("limits" in stream.getvalue()) == warned


def test_nothing_to_grade_draws_no_table() -> None:
    """A run that finds everything kept is over at once."""
    stream = Screen(terminal=True)
    with progress_on(stream, Clock(), COLUMNS="80", TERM="xterm") as progress:
        progress.begun(begun(0))
    assert "█" not in stream.getvalue()


def test_a_dumb_terminal_gets_lines() -> None:
    """One that cannot move its cursor is no place for a table."""
    stream, clock = Screen(terminal=True), Clock()
    with progress_on(stream, clock, TERM="dumb") as progress:
        progress.begun(begun(1))
        clock.now_s += 1
        progress.graded(outcome(Status.PASSED))
    assert "\x1b" not in stream.getvalue()
    assert stream.getvalue().endswith("1 graded, 1.0 a second, in 0:00:01: passed 1\n")


def shown(*, width: int, lang: Lang = "en", encoding: str = "utf-8", upto: int = 9) -> list[str]:
    """Return the rows that a terminal shows at the end of a run."""
    stream, clock = Screen(terminal=True, encoding=encoding), Clock()
    statuses = [Status.PASSED, Status.FAILED, Status.ERROR, Status.TIMEOUT, Status.CRASHED, Status.NOT_STARTED]
    with pytest.MonkeyPatch.context() as environment:
        # Rich asks the environment of the process for the size of a stream that has none.
        environment.setenv("COLUMNS", str(width))
        environment.setenv("LINES", "12")
        environment.setenv("TERM", "xterm-256color")
        with progress_on(stream, clock, lang=lang, TERM="xterm-256color") as progress:
            progress.begun(begun(9))
            for status in [*statuses, Status.MISSING, None, Status.PASSED][:upto]:
                clock.now_s += 1
                progress.graded(outcome(status))
    return [row.rstrip() for row in re.split(r"[\r\n]+", SEQUENCES.sub("", stream.getvalue()))]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("width", [32, 40, 80, 200])
def test_the_table_keeps_within_its_width(width: int, lang: Lang) -> None:
    """However many statuses there are, no row is broken by the terminal."""
    rows = shown(width=width, lang=lang)
    assert all(columns_of(row) <= width for row in rows)
    assert any("█" * 30 in row for row in rows)


def test_the_table_keeps_words_and_counts_together() -> None:
    """A symbol, a word and a number stay on one row."""
    rows = shown(width=40)
    counts = [item for row in rows[-6:] for item in re.findall(r"[✓✗·~-] [^✓✗·~]+? \d+", row)]
    assert len(counts) == 8
    assert "✓ passed 2" in counts
    assert "✗ not graded 1" in counts


def test_symbols_that_the_terminal_lacks_are_left_out() -> None:
    """An old encoding has words and signs of its own."""
    rows = "\n".join(shown(width=80, encoding="ascii", upto=4))
    assert "#" * 13 + "." * 17 in rows
    assert "✓" not in rows
    assert "passed 1" in rows
