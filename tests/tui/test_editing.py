"""Finding the learner's editor, and what goes wrong with it."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.errors import GraderError
from tui.editing import edited, editor_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FILE = Path("my file.py")


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, None),
        ({"EDITOR": "nano"}, ["nano"]),
        ({"EDITOR": "nano", "VISUAL": "code --wait"}, ["code", "--wait"]),
        ({"EDITOR": "'/opt/my editor' -x"}, ["/opt/my editor", "-x"]),
        ({"EDITOR": "", "VISUAL": "  "}, None),
        ({"EDITOR": "it's"}, ["it's"]),
    ],
)
def test_visual_goes_before_editor_and_is_split_as_a_shell_would(
    environ: dict[str, str], words: list[str] | None
) -> None:
    """$VISUAL wins, quotes hold words together, and an open quote is taken as it is."""
    assert editor_words(environ, FILE) == (None if words is None else [*words, "my file.py"])


class Suspendable:
    """An app that can give its terminal away."""

    @contextmanager
    def suspend(self) -> Iterator[None]:
        """Give it away."""
        yield


def run_editor(file: Path, call: Any) -> bool:
    """Edit `file` with a call in place of a program."""
    app: Any = Suspendable()
    return edited(app, ["vi", str(file)], file, call)


def test_a_change_is_noticed_and_none_is_too(tmp_path: Path) -> None:
    """Only new content counts as a change."""
    file = tmp_path / "a.py"
    file.write_text("a", encoding="utf-8")

    def change(_: Sequence[str]) -> int:
        file.write_text("b", encoding="utf-8")
        return 0

    assert run_editor(file, change)
    assert not run_editor(file, lambda _: 0)


def test_an_editor_that_is_not_there_or_fails_is_named(tmp_path: Path) -> None:
    """The command and the reason are in the error."""
    file = tmp_path / "a.py"

    def missing(_: Sequence[str]) -> int:
        raise FileNotFoundError(2, "No such file or directory")

    with pytest.raises(GraderError) as raised:
        run_editor(file, missing)
    assert raised.value.params["reason"] == "No such file or directory"
    with pytest.raises(GraderError) as raised:
        run_editor(file, lambda _: 3)
    assert raised.value.params["status"] == 3
