"""Reports made safe to show."""

from __future__ import annotations

import msgspec

from grader.model import CheckResult, Mistake, Report, Status
from grader.shown import LONGEST_TEXT, cleaned

HOSTILE = "\x1b[2J\x1b]0;pwned\x07\u202e\x9b1mgone\udc80"


def report_of(text: str) -> Report:
    """Return a report with `text` wherever there is text."""
    mistake = Mistake("one", text, text)
    check = CheckResult(
        name="one",
        title=text,
        status=Status.FAILED,
        score=0,
        max_score=1,
        message=text,
        mistake=mistake,
        seconds=0.1,
        output=text,
    )
    return Report(
        exercise="ex1",
        name="first",
        passed=False,
        status=Status.FAILED,
        score=0,
        max_score=1,
        device="cpu",
        seed=0,
        seconds=0.1,
        sandbox="full",
        message=text,
        mistake=mistake,
        checks=(check,),
    )


def test_no_text_has_power() -> None:
    """No escape sequence, control character or half of a character is left anywhere."""
    shown = msgspec.json.encode(cleaned(report_of(HOSTILE))).decode()
    assert not set("\x1b\x07\u202e\x9b\udc80") & set(shown)
    assert shown.count("gone") == 8


def test_every_text_is_bounded() -> None:
    """What a learner prints without end costs a bounded part of the screen and of the JSON."""
    shown = cleaned(report_of("x" * 1_000_000))
    assert len(shown.message) < LONGEST_TEXT + 20
    assert len(msgspec.json.encode(shown)) < 6 * LONGEST_TEXT


def test_plain_text_stays() -> None:
    """Line ends, tabs and Chinese are no harm."""
    original = report_of("第一行\n\tsecond line")
    assert cleaned(original) == original
