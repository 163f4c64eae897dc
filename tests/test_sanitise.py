"""Text of a learner is shown without power over the terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.sanitise import plain, plain_line

ANY_TEXT = st.text(st.characters(), max_size=200)
ESCAPES = st.lists(
    st.sampled_from(["\x1b[31m", "\x1b]0;t\x07", "\x1b]8;;u\x1b\\", "\x9b2J", "\x1bc", "\x1b(B", "\u202e", "\r", "ok"])
).map("".join)


@given(st.one_of(ANY_TEXT, ESCAPES))
def test_nothing_harmful_is_left(text: str) -> None:
    """No control character but line end and tab, no reordering, no surrogate comes through."""
    shown = plain(text, 10_000)
    for char in shown:
        category = unicodedata.category(char)
        assert category != "Cs"
        assert category != "Cc" or char in "\n\t"
        assert category != "Cf" or char in "\u200c\u200d"
    shown.encode("utf-8")


@given(st.one_of(ANY_TEXT, ESCAPES))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    """What was cleaned once is clean."""
    once = plain(text, 10_000)
    assert plain(once, 10_000) == once


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_ascii_is_untouched(text: str) -> None:
    """Printable ASCII comes through as it is."""
    assert plain(text, 10_000) == text


@given(ANY_TEXT, st.integers(min_value=0, max_value=50))
def test_length_is_bounded(text: str, limit: int) -> None:
    """No more than the limit is kept, and a cut says how much was left out."""
    whole = plain(text, 10_000)
    shown = plain(text, limit)
    if len(whole) <= limit:
        assert shown == whole
    else:
        assert shown == f"{whole[:limit]}… [+{len(whole) - limit}]"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]0;never ended", "]0;never ended"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b31mred", "red"),
        ("pass\rfail", "pass\nfail"),
        ("a\r\nb", "a\nb"),
        ("a\x00b\x08c\x7fd", "abcd"),
        ("\u202egnp.exe", "gnp.exe"),
        ("梯度\t不为零", "梯度\t不为零"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("\udc80", "\ufffd"),
    ],
)
def test_examples(text: str, shown: str) -> None:
    """Sequences go as a whole and the text between them stays."""
    assert plain(text, 100) == shown


def test_a_line_stays_one_line() -> None:
    """Text for one line of output cannot start another."""
    assert plain_line("passed\nex3\tok\u2028!", 100) == "passed ex3 ok !"


def test_long_hostile_text_is_cleaned_fast() -> None:
    """A megabyte of unfinished sequences takes no quadratic time."""
    for text in ("\x1b]" * 500_000, "\x1b[" * 500_000, "\x1b[" + ";" * 1_000_000):
        assert len(plain(text, 100)) < 200
