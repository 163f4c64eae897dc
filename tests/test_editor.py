"""The editor that the learner chose."""

from __future__ import annotations

import pytest

from grader.editor import find_editor


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, None),
        ({"VISUAL": " ", "EDITOR": ""}, None),
        ({"VISUAL": "code --wait", "EDITOR": "vim"}, ["code", "--wait"]),
        ({"VISUAL": " ", "EDITOR": "emacs -nw"}, ["emacs", "-nw"]),
        ({"EDITOR": '"/opt/my editor" -x'}, ["/opt/my editor", "-x"]),
        ({"EDITOR": "it's"}, ["it's"]),
    ],
)
def test_visual_goes_before_editor(environ: dict[str, str], words: list[str] | None) -> None:
    """Both may have arguments; a quote that is left open belongs to the name."""
    assert find_editor(environ) == words
