"""What a learner reads after a check."""

from __future__ import annotations

import io

import msgspec
import pytest

from grader.cli.report import rendered
from grader.cli.screen import Screen
from grader.model import CheckResult, Lang, Mistake, Report, Status
from grader.shown import cleaned
from grader.texts import Catalog

HALF = Mistake("half", "the half is missing", "Divide the square by two.")
SIGN = Mistake("sign", "the sign is wrong", "Swap the operands.")
REPLAY = "grader check ex3 --seed 123"


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        """Say yes."""
        return True


def check(
    title: str,
    status: Status = Status.FAILED,
    *,
    message: str = "",
    mistake: Mistake | None = None,
    output: str = "",
) -> CheckResult:
    """Return a check worth 5 points."""
    score = 5.0 if status is Status.PASSED else 0.0
    return CheckResult(title, title, status, score, 5.0, message, mistake, 0.01, output)


def report(*checks: CheckResult, mistake: Mistake | None = None, sandbox: str = "full", message: str = "") -> Report:
    """Return the report that `checks` add up to."""
    passed = all(each.status is Status.PASSED for each in checks) and bool(checks)
    return Report(
        exercise="ex3",
        name="squared_loss",
        passed=passed,
        status=Status.PASSED if passed else Status.FAILED,
        score=sum(each.score for each in checks),
        max_score=10.0,
        device="cpu",
        seed=123,
        seconds=0.123,
        sandbox=sandbox,
        mistake=mistake,
        checks=checks,
        message=message,
    )


def text(shown: Report, *, lang: Lang = "en", terminal: bool = False, no_color: bool = False) -> str:
    """Return what is printed for `shown`."""
    environ = {"TERM": "xterm"} | ({"NO_COLOR": "1"} if no_color else {})
    screen = Screen(Terminal() if terminal else io.StringIO(), environ)
    return rendered(shown, texts=Catalog(lang), screen=screen, replay=REPLAY)


def test_a_pass_is_short() -> None:
    """A pass shows its checks and score, and neither a replay nor a hint."""
    shown = text(report(check("one", Status.PASSED), check("three", Status.PASSED)))
    assert shown.splitlines() == [
        "ex3  squared_loss",
        "",
        "  passed  one    5/5",
        "  passed  three  5/5",
        "",
        "passed  10 of 10 points, 0.12 s, cpu",
    ]


def test_the_mistake_comes_first_and_once() -> None:
    """The mistake of the exercise is named above the checks and not again at each."""
    failed = check("one", message="differs\nby half", mistake=HALF)
    shown = text(report(failed, check("two", mistake=HALF), mistake=HALF))
    assert shown.count("the half is missing") == 1
    assert shown.count("Divide the square by two.") == 1
    assert shown.index("the half is missing") < shown.index("failed  one")
    assert "      differs\n      by half\n" in shown


def test_another_mistake_is_named_at_its_check() -> None:
    """A check that shows a second mistake names it."""
    shown = text(report(check("one", mistake=HALF), check("two", mistake=SIGN), mistake=HALF))
    assert shown.index("failed  two") < shown.index("the sign is wrong")


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.PASSED])
def test_every_status_is_a_word(status: Status) -> None:
    """A status is read as a word in both languages, with the replay and the hint below."""
    shown = text(report(check("one", status)))
    assert f"  {Catalog('en').say(f'status.{status}')}  one" in shown
    assert f"Again with the same numbers: {REPLAY}" in shown
    assert "A hint: grader hint ex3" in shown
    assert Catalog("zh").say(f"status.{status}") in text(report(check("one", status)), lang="zh")


def test_the_same_message_is_printed_once() -> None:
    """Checks that fail alike share one message; another status has its own."""
    checks = (
        check("one", message="broken import"),
        check("two", message="broken import"),
        check("three", Status.ERROR, message="broken import"),
    )
    shown = text(report(*checks))
    assert shown.count("broken import") == 2
    assert "failed  two    0/5  (as above)" in shown


def test_message_of_the_whole_file() -> None:
    """A message about the file stands above the checks and is not repeated by them."""
    shown = text(report(check("one", message="no such name"), message="no such name"))
    assert shown.count("no such name") == 1


def test_output_is_shown_as_the_learners_own() -> None:
    """What the code printed stands behind a bar, once, and is cut after 20 lines."""
    printed = "passed  10 of 10\n" + "".join(f"{number}\n" for number in range(50))
    shown = text(report(check("one", output=printed), check("two", output=printed)))
    assert shown.count("Your code printed:") == 1
    assert "    | passed  10 of 10\n" in shown
    assert "    | 18\n    … and 31 more lines" in shown
    assert "    | 19\n" not in shown


def test_long_lines_are_cut() -> None:
    """A line without end does not fill the terminal."""
    shown = text(report(check("one", output="x" * 100_000)))
    assert max(map(len, shown.splitlines())) < 250


def test_learners_text_has_no_power() -> None:
    """Escape sequences in messages and output reach neither the terminal nor the JSON."""
    hostile = "\x1b[2J\x1b]0;pwned\x07\u202e\x9b1mgone\udc80"
    original = report(check("one", message=hostile, output=hostile), message=hostile)
    shown = text(original)
    assert not set("\x1b\x07\u202e\x9b\udc80") & set(shown)
    assert b"gone" in msgspec.json.encode(cleaned(original))


@pytest.mark.parametrize(("level", "said"), [("full", False), ("limits", True)])
def test_confinement_is_stated_where_it_is_less(level: str, *, said: bool) -> None:
    """Only a level that is less than full is worth a line."""
    shown = text(report(check("one"), sandbox=level))
    assert (f"Confinement on this computer: {level}." in shown) is said


def test_no_checks_and_a_message() -> None:
    """A report without checks is still a report."""
    shown = text(report(message="The file is not UTF-8."))
    assert "  The file is not UTF-8." in shown
    assert "failed  0 of 10 points" in shown


def test_colours_and_symbols() -> None:
    """A terminal gets both, NO_COLOR only the symbols, and the words are always there."""
    graded = report(check("one", Status.PASSED), check("two"))
    coloured = text(graded, terminal=True)
    assert "\x1b[32m✓ passed" in coloured
    plain = text(graded, terminal=True, no_color=True)
    assert "\x1b" not in plain
    assert "✗ failed  two" in plain
    assert text(graded).isascii()


def test_chinese_titles_line_up() -> None:
    """Scores stand below one another though Chinese characters take two columns."""
    shown = text(report(check("梯度"), check("形状不变", Status.PASSED)), lang="zh")
    assert "  未通过  梯度      0/5\n" in shown
    assert "  通过    形状不变  5/5\n" in shown
