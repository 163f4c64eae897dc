"""Frames of any size."""

from __future__ import annotations

import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from grader.cli.rows import bare
from grader.cli.screen import Screen
from grader.cli.watch_view import Body, Frame, Hotkey, Page, frame, scrolled_to


class Tty(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        """Say so."""
        return True


SCREEN = Screen(Tty(), {"TERM": "xterm"})
PLAIN = Screen(io.StringIO(), {})
TEXT = st.text(st.sampled_from("abc 中文，。！（）🎉"), max_size=80)
KEYS = (Hotkey("h", "hint"), Hotkey("e", "edit"), Hotkey("t", "task"))
LAST = (Hotkey("?", "keys"), Hotkey("q", "quit"))


def page(body: Body, *, scroll: int = 0, message: str = "✗ failed  5 of 10 points", passed: int = 3) -> Page:
    """Return a page with `body`."""
    return Page(
        place="ex3 squared_loss",
        passed=passed,
        total=22,
        file="practice/ex03_squared_loss.py",
        file_name="ex03_squared_loss.py",
        method="watched by events",
        body=body,
        scroll=scroll,
        message=message,
        more="{count} more below",
        keys=KEYS,
        last_keys=LAST,
    )


def drawn(at: Page, columns: int, lines: int) -> Frame:
    """Return the frame of a page, which has the very size of its terminal."""
    made = frame(at, SCREEN, os.terminal_size((columns, lines)))
    assert len(made.rows) == lines
    assert all(cell_len(bare(row)) <= columns for row in made.rows)
    return made


@given(
    st.lists(TEXT, max_size=30), TEXT, st.integers(-5, 100), st.integers(0, 30), st.integers(1, 120), st.integers(1, 50)
)
def test_any_size(lines: list[str], message: str, scroll: int, passed: int, columns: int, rows: int) -> None:
    """A frame has the size of its terminal from 1×1 on, whatever it shows."""
    made = drawn(page(Body(lines), scroll=scroll, message=message, passed=passed), columns, rows)
    assert 0 <= made.scroll <= max(0, len(Body(lines).rows(columns)))


@given(st.lists(TEXT.filter(str.strip), min_size=1, max_size=30), st.integers(20, 120), st.integers(6, 50))
def test_everything_can_be_read(lines: list[str], columns: int, height: int) -> None:
    """Page by page the whole body comes by."""
    body = Body(lines)
    seen: list[str] = []
    while len(seen) < len(body.rows(columns)):
        made = drawn(page(body, scroll=len(seen)), columns, height)
        # The last page may begin earlier.
        start = len(seen) - made.scroll
        top = 3 if height >= 9 else 2
        seen += made.rows[top + start : top + min(made.page_rows, len(body.rows(columns)) - made.scroll)]
    assert seen == body.rows(columns)


def test_usual_size() -> None:
    """Eighty columns have room for everything."""
    rows = [bare(row) for row in drawn(page(Body([f"line {n}" for n in range(30)])), 80, 24).rows]
    assert rows[0].startswith("ex3 squared_loss  ")
    assert "3/22 ███░" in rows[0]
    assert rows[0].endswith(" 14%")
    assert rows[1].startswith("practice/ex03_squared_loss.py  ")
    assert rows[1].endswith("watched by events")
    assert rows[2:5] == ["", "line 0", "line 1"]
    assert rows[-3].endswith(" 12 more below ──")
    assert rows[-2] == "✗ failed  5 of 10 points"
    assert rows[-1] == "h hint  e edit  t task  ? keys  q quit"


def test_small_size() -> None:
    """At 40×12 exercise, progress, file, method and the most useful keys are still there."""
    made = drawn(page(Body(["text"])), 40, 12)
    text = "\n".join(map(bare, made.rows))
    for part in ("ex3 squared_loss", "3/22", "14%", "ex03_squared_loss.py", "watched by events", "h hint", "q quit"):
        assert part in text


@pytest.mark.parametrize(
    ("lines", "kept"), [(4, ["ex3 squared_loss", "text", "failed", "quit"]), (2, ["failed", "quit"]), (1, ["failed"])]
)
def test_tiny_sizes(lines: int, kept: list[str]) -> None:
    """What matters least goes first: the file, the header, the keys; the verdict stays."""
    rows = drawn(page(Body(["text"])), 80, lines).rows
    assert all(part in bare(row) for part, row in zip(kept, rows, strict=True))


def test_long_message() -> None:
    """A message takes up to three rows where there is room."""
    made = drawn(page(Body(["text"]), message="word " * 40), 40, 24)
    assert sum("word" in row for row in made.rows) == 3


def test_plain_screen() -> None:
    """Without colours and symbols the frame is complete in ASCII."""
    made = frame(page(Body([])), PLAIN, os.terminal_size((80, 24)))
    assert "3/22 ###---" in made.rows[0]
    assert not any("\x1b" in row for row in made.rows)


def test_focus_is_kept_in_view() -> None:
    """A list scrolls no more than it must for the chosen line."""
    size = os.terminal_size((80, 24))
    body = Body([str(n) for n in range(100)], focus=50)
    assert scrolled_to(body, size, 0, 10) == 41
    assert scrolled_to(body, size, 45, 10) == 45
    assert scrolled_to(body, size, 90, 10) == 50
    assert scrolled_to(Body(["a"]), size, 7, 10) == 7


def test_rows_follow_the_width() -> None:
    """A body is broken anew for another width."""
    body = Body(["one two three"], focus=0)
    assert body.rows(80) == ["one two three"]
    assert body.rows(5) == ["one", "two", "three"]
    assert body.start(0, 5) == 0
