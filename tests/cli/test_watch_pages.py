"""The texts that `grader watch` puts together."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.cli.screen import Screen
from grader.cli.watch_pages import diff_lines, live_lines, prose_lines, report_lines
from grader.model import LANGS, CheckResult, Lang, Report, Status
from grader.texts import Catalog

if TYPE_CHECKING:
    from pathlib import Path

SCREEN = Screen(io.StringIO(), {})

TASK = """\
# A heading
Text that goes on
in the next line,

    code  stays
    as it is
after code

- an item
  that goes on
- another

1. one
2. two
"""


def prose(text: str) -> list[str]:
    """Return its lines."""
    return [*prose_lines(text, SCREEN)]


def test_paragraphs_become_lines() -> None:
    """What was broken by hand goes on at any width; code, items and headings stay apart."""
    assert prose(TASK) == [
        "# A heading",
        "Text that goes on in the next line,",
        "",
        "    code  stays",
        "    as it is",
        "after code",
        "",
        "- an item that goes on",
        "- another",
        "",
        "1. one",
        "2. two",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("公式就是\n一行", "公式就是一行"),
        ("减法，\n平方", "减法，平方"),
        ("打印\ny_hat 和", "打印 y_hat 和"),
        ("把 y\n变成", "把 y 变成"),
        ("用它，\n`reduce` 也行", "用它，`reduce` 也行"),
        ("plain\nwords", "plain words"),
    ],
)
def test_chinese_goes_on_without_a_space(text: str, line: str) -> None:
    """Lines of Chinese are joined as Chinese is written, with a space beside Latin letters alone."""
    assert prose(text) == [line]


@given(st.text(st.sampled_from("ab#-1.| \n\t中，"), max_size=80))
def test_nothing_is_lost(text: str) -> None:
    """Whatever a task looks like, all of it is there."""
    assert "".join("".join(prose(text)).split()) == "".join(text.split())


@pytest.mark.parametrize("lang", LANGS)
def test_live_checks(lang: Lang) -> None:
    """A check that ended is shown with its status, its title and what was wrong, made harmless."""
    checks = [
        CheckResult("a", "First", Status.PASSED, 1, 1, "not shown", None, 0),
        CheckResult("b", "Second", Status.TIMEOUT, 0, 1, "too\x1b[2J long\nby far", None, 0),
    ]
    texts = Catalog(lang)
    first, *others = live_lines(checks, texts=texts, screen=SCREEN)
    assert first.split() == [texts.say("status.passed"), "First"]
    assert others[0].split() == [texts.say("status.timeout"), "Second"]
    assert others[1:] == ["      too long", "      by far"]


def test_report_without_its_heading() -> None:
    """The heading stands above all pages already."""
    report = Report(
        "ex1",
        "first",
        passed=True,
        status=Status.PASSED,
        score=1,
        max_score=1,
        device="cpu",
        seed=1,
        seconds=1,
        sandbox="full",
        mistake=None,
        checks=(),
        message="Well.",
    )
    lines = report_lines(report, texts=Catalog("en"), screen=SCREEN, replay="again")
    assert lines[0] == "  Well."
    assert lines[-1].startswith("passed")


def test_difference(tmp_path: Path) -> None:
    """The difference names both sides; where there is none, that is said."""
    mine, reference = tmp_path / "mine.py", tmp_path / "reference.py"
    mine.write_bytes(b"a\r\nb\xff\x1b[2J\n")
    reference.write_text("a\nc\n", encoding="utf-8")
    lines = [*diff_lines(mine, "mine.py", reference, texts=Catalog("en"), screen=SCREEN)]
    assert lines == ["--- mine.py (yours)", "+++ reference", "@@ -1,2 +1,2 @@", " a", "-b�", "+c"]
    same = [*diff_lines(reference, "mine.py", reference, texts=Catalog("en"), screen=SCREEN)]
    assert same == ["Your file is the same as the reference."]
