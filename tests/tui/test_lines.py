"""Lines of exactly the right width."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.keys import key_name, text_name
from tui.painting import cells, fitted

if TYPE_CHECKING:
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


def test_keys_that_do_not_fit_are_left_out_but_help_and_quit_stay(perform: Perform) -> None:
    """On a narrow terminal the last line still ends with ? and q."""

    async def scenario(stage: Stage) -> None:
        last = stage.lines()[-1]
        assert "g grade" in last
        assert last.rstrip().endswith("? help  q quit")
        assert "theme" not in last

    perform(scenario, size=(40, 20))
