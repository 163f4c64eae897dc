"""Which editor opens, and what becomes of it."""

from __future__ import annotations

import queue
import sys
from typing import TYPE_CHECKING

import pytest

from grader.cli.editor import Editing, editor_command
from grader.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("environ", "command"),
    [
        ({"VISUAL": "code --wait", "EDITOR": "vim"}, ["code", "--wait"]),
        ({"VISUAL": " ", "EDITOR": "emacs -nw"}, ["emacs", "-nw"]),
        ({"EDITOR": '"/opt/my editor" -x'}, ["/opt/my editor", "-x"]),
        ({"EDITOR": "it's"}, ["it's"]),
    ],
)
def test_chosen_editor(environ: dict[str, str], command: list[str]) -> None:
    """VISUAL goes before EDITOR, and both may have arguments."""
    assert editor_command(environ) == command


def test_usual_editor(tmp_path: Path) -> None:
    """Where nobody chose, one that is there opens; where none is, the learner is told what to do."""
    with pytest.raises(UsageError, match=r"watch\.no_editor"):
        editor_command({"PATH": str(tmp_path)})
    program = tmp_path / "vi"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    assert editor_command({"PATH": str(tmp_path)}) == ["vi"]


def test_editor_ends(tmp_path: Path) -> None:
    """The editor gets the file as its last argument, and its exit status is told."""
    ended: queue.SimpleQueue[int] = queue.SimpleQueue()
    file = tmp_path / "my file.py"
    script = "import sys; open(sys.argv[1], 'w').write('edited'); sys.exit(3)"
    Editing([sys.executable, "-c", script], file, ended.put)
    assert ended.get(timeout=60) == 3
    assert file.read_text(encoding="utf-8") == "edited"


def test_editor_is_ended(tmp_path: Path) -> None:
    """An editor ends where its terminal goes away."""
    ended: queue.SimpleQueue[int] = queue.SimpleQueue()
    editing = Editing([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path, ended.put)
    editing.end()
    assert ended.get(timeout=60) < 0
    editing.end()


def test_editor_that_is_not_there(tmp_path: Path) -> None:
    """An editor that cannot be started is named."""
    with pytest.raises(UsageError) as caught:
        Editing([str(tmp_path / "nope")], tmp_path, print)
    assert caught.value.key == "watch.bad_editor"
