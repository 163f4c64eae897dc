"""Markdown read into blocks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.blocks import plain_text
from tui.markdown import markdown_blocks


def shown(text: str, width: int = 40) -> list[str]:
    """Return the rows of `text` without what pads them."""
    return [plain_text(row.runs).rstrip() for block in markdown_blocks(text) for row in block.rows(width)]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("# One\n\nTwo *three* **four** `five`", ["One", "", "Two three four five"]),
        ("a\nb", ["a b"]),
        ("一行，\n二行", ["一行，二行"]),
        ("一行。\nautograd，\nx", ["一行。autograd，x"]),
        ("中文\nautograd\n中文", ["中文 autograd 中文"]),
        ("一行 a\nb 二行", ["一行 a b 二行"]),
        ("a  \nb", ["a", "b"]),
        ("- a\n- b\n  - c\n    - d", ["• a", "• b", "  ◦ c", "    ▪ d"]),
        ("- a\n\n- b", ["• a", "", "• b"]),
        ("9. a\n10. b", [" 9. a", "10. b"]),
        ("> a\n> b", ["▌ a b"]),
        ("> - a\n> - b", ["▌ • a", "▌ • b"]),
        ("- a\n\n      code", ["• a", "", "   code"]),
        ("[text](https://example.org) ![picture](x.png)", ["text picture"]),
        ("&amp; <b>bold</b> \\*", ["& <b>bold</b> *"]),
        ("<div>\nx\n</div>", ["<div> x </div>"]),
        ("~~gone~~", ["gone"]),
        ("-", ["•"]),
        ("", []),
        ("# 标题\n---", ["标题", "", "─" * 40]),
        ("| a | b |\n|---|---|\n| 中文 | `x` |", ["a    │ b", "─────┼──", "中文 │ x"]),
        ("```\n  code\n\n  more\n```", ["   code", "", "   more"]),
    ],
)
def test_blocks(text: str, rows: list[str]) -> None:
    """Blocks by example."""
    assert shown(text) == rows


def test_a_list_is_set_in_below_its_mark() -> None:
    """Rows that go on stand below the first word and not below the mark."""
    assert shown("- one two three\n- 中文中文中文中文", 12) == ["• one two", "  three", "• 中文中文中", "  文中文"]


def test_a_table_gives_way() -> None:
    """A table wraps its widest column, and becomes a list where its columns have no room."""
    table = "| name | what it is for |\n|---|---|\n| w | the weights of a model |"
    assert shown(table, 24) == [
        "name │ what it is for",
        "─────┼──────────────────",
        "w    │ the weights of a",
        "     │ model",
    ]
    assert shown(table, 10) == ["name: w", "what it", "  is for:", "  the", "  weights", "  of a", "  model"]


def test_long_code_goes_on_with_a_mark() -> None:
    """A line of code that is too long is seen to go on, set in as the line is."""
    assert shown("```\nif x:\n    abcdef ghijkl\n```", 16) == [" if x:", "     abcdef", "     ↳ ghijkl"]
    assert shown("    abcdef ghijkl", 10) == [" abcdef", " ↳ ghijkl"]


@given(st.text(alphabet="#*-_`>|~ \n\t[]()!<&1.ab中，", max_size=200), st.integers(1, 30))
@settings(max_examples=200)
def test_any_markdown_fits(text: str, width: int) -> None:
    """Whatever the text, it becomes blocks, and no row is wider than asked."""
    for block in markdown_blocks(text):
        assert isinstance(block.text(), str)
        for row in block.rows(width):
            assert cell_len(plain_text(row.runs)) <= max(width, 2)


def test_deep_nesting_leaves_room() -> None:
    """A thousand levels are no error, and those that one may meet do not push the text out."""
    shown("> " * 1000 + "deep", 20)
    assert "deep" in " ".join(shown("> " * 30 + "deep", 20))
    assert "end" in " ".join(shown("\n".join("  " * depth + "- x" for depth in range(20)) + "\n\nend", 20))
