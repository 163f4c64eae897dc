"""Python in colours, and diffs."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.blocks import plain_text
from tui.code import code_blocks, diff_blocks, python_lines, session_lines

SOURCES = st.text(
    alphabet=st.one_of(st.sampled_from("abc():=\"'#\n\\ 中{}f1"), st.characters(exclude_categories=["Cs"]))
)


@given(SOURCES)
def test_colours_change_no_character(source: str) -> None:
    """Whatever the source, valid or not, its lines are shown as they are."""
    assert "\n".join(plain_text(line) for line in python_lines(source)) == source
    assert "\n".join(plain_text(line) for line in session_lines(source)) == source


def test_kinds_are_told_apart() -> None:
    """Keywords, names, strings, numbers, builtins and comments have each their style."""
    (line,) = python_lines('def f(x=1, y="s"): return print(None)  # why')
    styles = {run.text: run.style[-1] for run in line if run.style}
    assert styles["def"] == "syntax-keyword"
    assert styles["f"] == "syntax-name"
    assert styles["1"] == styles["None"] == "syntax-number"
    assert styles["s"] == "syntax-string"
    assert styles["print"] == "syntax-builtin"
    assert styles["# why"] == "syntax-comment"


def test_of_a_session_only_what_is_typed_is_code() -> None:
    """Output is not coloured as if it were Python."""
    prompt, output = session_lines(">>> len('a')\nNone")
    assert "syntax-builtin" in {token for run in prompt for token in run.style}
    assert not any(run.style for run in output)


def test_a_huge_source_is_shown_without_delay() -> None:
    """Beyond what one reads there are no colours, and no waiting for them."""
    begin = time.process_time()
    lines = python_lines("x = '" * 100_000)
    assert time.process_time() - begin < 0.5
    assert len(lines) == 1


def test_code_is_copied_without_its_margin() -> None:
    """The cell to the left of the code is only drawn."""
    assert [block.text() for block in code_blocks(python_lines("a = 1\n\n    b"))] == ["a = 1", "", "    b"]


@given(
    st.lists(st.sampled_from(["a", "b", "--- c", "+++ d", "@@ e", ""]), max_size=12),
    st.lists(st.sampled_from(["a", "b", "--- c", "+++ d", "@@ e", ""]), max_size=12),
)
def test_a_diff_holds_both_sources(mine: list[str], reference: list[str]) -> None:
    """What is added and what stays is in the reference, what is removed and what stays in mine."""
    texts = [block.text() for block in diff_blocks("\n".join(mine), "\n".join(reference), "m", "r")]
    if not texts:
        assert "\n".join(mine).splitlines() == "\n".join(reference).splitlines()
        return
    assert texts[:3] == ["− m", "+ r", ""]
    assert {text[2:] for text in texts[3:] if text[:1] in "+ "} <= {*reference, *[""]}
    assert {text[2:] for text in texts[3:] if text[:1] in "− "} <= {*mine, *[""]}
    assert all(text[:2] in {"+ ", "− ", "  "} or text == "⋯" for text in texts[3:])


def test_far_changes_are_told_apart() -> None:
    """Between changes that lie apart there is a mark, and not all that lies between."""
    mine = "\n".join(map(str, range(40)))
    reference = mine.replace("5", "five", 1).replace("\n30\n", "\nthirty\n")
    texts = [block.text() for block in diff_blocks(mine, reference, "m", "r")]
    assert texts.count("⋯") == 1
    assert "  17" not in texts


@pytest.mark.parametrize("line", ["x", "def f(): pass"])
def test_a_diff_of_huge_sources_takes_no_time(line: str) -> None:
    """Sources of a hundred thousand lines are compared at their beginnings."""
    begin = time.process_time()
    blocks = diff_blocks("\n".join([line] * 100_000), "\n".join([f"{line} "] * 100_000), "m", "r")
    assert time.process_time() - begin < 1
    assert len(blocks) < 10_000
