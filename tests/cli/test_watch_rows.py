"""Painted lines within the columns of a terminal."""

from __future__ import annotations

import click
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from grader.cli.rows import bare, fitted, fitted_left, spread, wrapped

# What `Screen.paint` lets through, with the styles that it adds.
WORDS = st.text(st.sampled_from("ab1 .-|（）中文，。\t✓é́👩"), max_size=60)
PAINTED = st.lists(st.tuples(WORDS, st.sampled_from([None, "red", "green"]), st.booleans())).map(
    lambda parts: "".join(click.style(text, fg=colour, bold=bold) for text, colour, bold in parts)
)


@given(PAINTED, st.integers(2, 40))
def test_rows_fit(line: str, columns: int) -> None:
    """No row is wider than the terminal, and nothing but spaces is lost."""
    rows = wrapped(line, columns)
    assert all(cell_len(bare(row)) <= columns for row in rows)
    assert "".join("".join(map(bare, rows)).split()) == "".join(bare(line).split())


@given(PAINTED, st.integers(2, 40))
def test_styles_end_with_the_row(line: str, columns: int) -> None:
    """A style that begins in a row ends there: it must not colour what stands below."""
    for row in wrapped(line, columns):
        styles = row.split("\x1b")[1:]
        assert not styles or styles[-1].startswith("[0m")


def test_style_goes_on_in_the_next_row() -> None:
    """A long line keeps its colour on every row."""
    rows = wrapped(click.style("one two three", fg="red"), 5)
    assert [bare(row) for row in rows] == ["one", "two", "three"]
    assert all(row.startswith("\x1b[31m") for row in rows)


def test_style_in_the_middle() -> None:
    """Only the words that were coloured are."""
    rows = wrapped(f"one {click.style('two', fg='red')} three", 7)
    assert rows == ["one \x1b[31mtwo\x1b[0m", "three"]


def test_hanging_indents() -> None:
    """What goes on stands under the text: behind a status, a bullet, a number, spaces, or the bar of output."""
    assert wrapped("  ✗ failed  one two three four", 24) == ["  ✗ failed  one two", "            three four"]
    assert wrapped("- one two", 6) == ["- one", "  two"]
    assert wrapped("12. one two", 8) == ["12. one", "    two"]
    assert wrapped("    one two", 8) == ["    one", "    two"]
    assert wrapped("    | one two", 12) == ["    | one", "      two"]


def test_chinese_statuses_take_their_cells() -> None:
    """Behind a Chinese status a row fits too, and what goes on stands under the title and not under half of it."""
    assert wrapped("  ✓ 通过  精度不丢，原样  1/1", 27) == ["  ✓ 通过  精度不丢，原样", "          1/1"]
    for columns in range(24, 60):
        assert all(
            cell_len(row) <= columns for row in wrapped("  ✗ 未通过  float64 保持 float64，X 保持原样  1/1", columns)
        )


def test_columns_are_given_up_in_a_broken_line() -> None:
    """The padding before a score goes where the line does not fit anyway."""
    line = "  ✓ passed  a title that is long              1/1"
    assert wrapped(line, 26) == ["  ✓ passed  a title that", "            is long  1/1"]
    assert wrapped(line, 60) == [line]


def test_no_chinese_row_begins_with_a_closing_mark() -> None:
    """Chinese is broken between characters, but never before ，。！？）."""
    text = "损失对预测的梯度，就是预测减去真值。对吗？对！（是的）"
    for columns in range(4, 30):
        assert all(bare(row)[0] not in "，。！？）" for row in wrapped(text, columns))


@given(PAINTED, st.integers(0, 40))
def test_fitted(line: str, columns: int) -> None:
    """A cut line fits and says that it was cut."""
    row = fitted(line, columns)
    assert cell_len(bare(row)) <= columns
    assert row == line or not columns or bare(row).endswith("…")


@given(WORDS, st.integers(0, 40))
def test_fitted_left(text: str, columns: int) -> None:
    """A cut path keeps its end."""
    row = fitted_left(text, columns)
    assert cell_len(row) <= columns
    assert row == text or not columns or (row[0] == "…" and text.endswith(row[1:]))


@given(PAINTED, PAINTED, st.integers(0, 40))
def test_spread(left: str, right: str, columns: int) -> None:
    """Two texts on one row fill it, whatever must be cut."""
    assert cell_len(bare(spread(left, right, columns))) <= columns
    assert bare(spread("left", "right", 12)) == "left   right"
    assert bare(spread("left", "right", 8)) == "l… right"
