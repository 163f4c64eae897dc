"""Rows of text: Chinese and Latin typography, and nothing lost."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from grader.wrapping import cut, cut_ranges, wrap, wrapped_ranges

SPACES = " \t\u3000"
NEVER_FIRST = "，。！？）、：；」』”’】》…"
NEVER_LAST = "（「『“‘【《"
# What a task is made of, and what nobody expects in one.
TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from("中文字学习两个小时的学生，。！？）、：；」』”’】》…（「『“‘【《 ab_.()[],:'\"`\n\u3000\t"),
        st.sampled_from("e\u0301ŷ👩\u200d🚀🏽☀\ufe0f한ｶﾞか\u3099—½−→"),
        st.characters(exclude_categories=["Cs", "Cc"]),
    ),
    max_size=120,
)
WORDS = ("中", "文字", "学习，", "（两个）", "“小时”", "《学生》。", "y_hat", "（`y`）", "「a」", "……", "3 个！", "？”")
WIDTHS = st.integers(min_value=0, max_value=30)


def without_spaces(text: str) -> str:
    """Return `text` without what a break may swallow."""
    return re.sub(f"[{SPACES}\n]", "", text)


@given(text=TEXTS, width=WIDTHS)
@settings(max_examples=300)
def test_nothing_but_spaces_is_lost_or_added(text: str, width: int) -> None:
    """All rows together are the text, spaces at the breaks apart."""
    assert without_spaces("".join(wrap(text, width))) == without_spaces(text)
    assert "".join(cut(text, width)) == text.replace("\n", "")


@given(text=TEXTS, width=WIDTHS)
@settings(max_examples=300)
def test_no_row_is_wider_than_asked(text: str, width: int) -> None:
    """A row takes at most the width, or one character where not even that fits."""
    for row in (*wrap(text, width), *cut(text, width)):
        assert cell_len(row) <= max(width, 2)


@given(text=TEXTS, width=WIDTHS)
@settings(max_examples=200)
def test_ranges_ascend_and_hold_the_rows(text: str, width: int) -> None:
    """Ranges are in order, do not overlap, and cut the rows out of the text: styles can follow them."""
    for ranges, rows in ((wrapped_ranges(text, width), wrap(text, width)), (cut_ranges(text, width), cut(text, width))):
        ends = [0, *(end for _, end in ranges)]
        assert all(before <= start <= end for before, (start, end) in zip(ends, ranges, strict=False))
        assert [text[start:end] for start, end in ranges] == rows


@given(
    words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=60),
    width=st.integers(min_value=10, max_value=40),
)
@settings(max_examples=300)
def test_no_row_of_chinese_starts_or_ends_with_a_forbidden_mark(words: list[str], width: int) -> None:
    """Closing marks stay behind what they close, opening ones before what they open."""
    text = "中" + "".join(words) + "文"
    # Marks that follow one another hold together: more of them than a row takes must be cut.
    if max(map(len, re.findall(f"[{NEVER_FIRST}{NEVER_LAST}`]+", text)), default=0) > 3:
        return
    for row in wrap(text, width):
        assert row[0] not in NEVER_FIRST
        assert row[-1] not in NEVER_LAST


@given(text=st.lists(st.text("abcdefgh_.", min_size=1, max_size=9), max_size=40).map(" ".join))
@settings(max_examples=100)
def test_latin_words_that_fit_stay_whole(text: str) -> None:
    """At a width that holds every word no word is cut."""
    assert " ".join(wrap(text, 9)).split() == text.split()


@pytest.mark.parametrize(
    ("text", "width", "rows"),
    [
        ("", 5, [""]),
        ("a\n\nb", 5, ["a", "", "b"]),
        ("one two three", 7, ["one two", "three"]),
        ("  indented text here", 10, ["  indented", "text here"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("torch.nn.functional.relu", 12, ["torch.nn.", "functional.", "relu"]),
        ("中文中文，中文", 8, ["中文中", "文，中文"]),
        ("中文（中文）", 6, ["中文", "（中", "文）"]),
        ("实现squared_loss，完成", 12, ["实现", "squared_", "loss，完成"]),
        ("写作 `y_hat`）。", 9, ["写作", "`y_hat", "`）。"]),
        ("他说“好”。", 8, ["他说", "“好”。"]),
        ("中文，\n中文", 20, ["中文，", "中文"]),
        ("中文 ，中文", 6, ["中", "文 ，", "中文"]),
        ("é́é́", 1, ["é́", "é́"]),
        ("11，", 2, ["11", "，"]),
        ("中文", 1, ["中", "文"]),
        ("中文", 2, ["中", "文"]),
    ],
)
def test_rows(text: str, width: int, rows: list[str]) -> None:
    """Rows by example."""
    assert wrap(text, width) == rows


def test_output_is_cut_as_a_terminal_does() -> None:
    """Every character stays, spaces too, and a row that cannot take half of a wide character ends early."""
    assert cut("a  b   c", 3) == ["a  ", "b  ", " c"]
    assert cut("a中文", 2) == ["a", "中", "文"]
    assert cut("", 3) == [""]
    assert cut("x\n\n", 3) == ["x", "", ""]


@pytest.mark.parametrize(
    "piece", ["word ", "a", "中文，", "（", "，", " ", "a中", "e\u0301", "foo_bar.", "\u0301", "\u200d"]
)
def test_a_megabyte_takes_linear_time(piece: str) -> None:
    """Four times the text takes about four times as long, whatever it is made of."""

    def seconds(characters: int) -> float:
        text = piece * (characters // len(piece))
        best = min(timed(text) for _ in range(3))
        return max(best, 0.004)

    def timed(text: str) -> float:
        begin = time.perf_counter()
        wrap(text, 40)
        cut(text, 40)
        return time.perf_counter() - begin

    # A quadratic one would take sixteen times as long.
    assert seconds(80_000) / seconds(20_000) < 10
