"""Lines of exactly the right width."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.practice import Practice
from tui.keys import key_name, text_name
from tui.lines import ProgressLine
from tui.painting import cells, fitted
from tui.rows import Rows

if TYPE_CHECKING:
    from grader.model import Course
    from grader.workspace import Workspace
    from tests.tui.conftest import Perform
    from tests.tui.stage import Stage


@given(st.lists(st.text(alphabet="ab 中，…", max_size=12), max_size=5), st.integers(0, 40))
def test_pieces_never_take_more_than_the_width(texts: list[str], width: int) -> None:
    """Whatever the pieces and the width, what is left fits, and a cut ends with an ellipsis."""
    kept = fitted([(text, "plain") for text in texts], width)
    assert cells(kept) <= width
    if cells([(text, "plain") for text in texts]) > width > 0:
        assert kept[-1][0].endswith("…")


@pytest.mark.parametrize(
    ("action", "name"),
    [
        ("app.pane('list')", "pane_list"),
        ("turn_tab(-1)", "turn_tab_back"),
        ("turn_tab(1)", "turn_tab"),
        ("screen.copy_text", "copy_text"),
        ("grade", "grade"),
    ],
)
def test_actions_have_names_for_their_texts(action: str, name: str) -> None:
    """A direction is in the name, a distance is not."""
    assert text_name(action) == name


@pytest.mark.parametrize(("key", "name"), [("question_mark", "?"), ("ctrl+p", "Ctrl+p"), ("L", "L"), ("f1", "f1")])
def test_keys_are_named_as_they_are_printed(key: str, name: str) -> None:
    """Symbols stand for themselves."""
    assert key_name(key) == name


def test_a_list_with_room_shows_its_beginning(course: Course, workspace: Workspace, perform: Perform) -> None:
    """Coming back to a later exercise scrolls nothing out of view that has room, also where the list was hidden."""
    Practice(course, workspace).remember("exercise", "ex3")

    async def scenario(stage: Stage) -> None:
        await stage.press("1")
        assert stage.app.desk.current.id == "ex3"
        assert stage.app.main.query_one("#list", Rows).scroll_offset.y == 0
        assert "ex1 first_steps" in stage.text()

    perform(scenario, size=(80, 24))


def test_the_first_pass_is_seen_in_the_bar(perform: Perform) -> None:
    """One of many fills a cell, and only all fill the last one."""

    async def scenario(stage: Stage) -> None:
        line = stage.app.main.query_one(ProgressLine)
        for passed, full in ((0, 0), (1, 1), (21, 13), (22, 14)):
            line.show(passed=passed, total=22, right=())
            await stage.press()
            assert stage.lines()[0].count("█") == full

    perform(scenario)


def test_keys_that_do_not_fit_are_left_out_but_help_and_quit_stay(perform: Perform) -> None:
    """On a narrow terminal the last line still ends with ? and q."""

    async def scenario(stage: Stage) -> None:
        last = stage.lines()[-1]
        assert "g grade" in last
        assert last.rstrip().endswith("? help  q quit")
        assert "theme" not in last

    perform(scenario, size=(40, 20))
