"""Leave the screen to the learner's own editor and come back to it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from textual.app import SuspendNotSupported

from grader.editor import find_editor
from grader.errors import GraderError, UsageError
from grader.sanitise import plain_line
from tui.desk import digest_if_there

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from textual.app import App

_LONGEST = 200


def editor_words(environ: Mapping[str, str], file: Path) -> list[str] | None:
    """Return the command that edits `file`, or nothing where there is no editor."""
    words = find_editor(environ)
    return None if words is None else [*words, str(file)]


def edited(app: App[Any], words: Sequence[str], file: Path, call: Callable[[Sequence[str]], int]) -> bool:
    """Run the editor and say whether `file` changed.

    Raises:
        GraderError: there is no such editor, or no terminal to give to it.
    """
    before = digest_if_there(file)
    shown = plain_line(shlex.join(words), _LONGEST)
    try:
        with app.suspend():
            status = call(words)
    except SuspendNotSupported as fault:
        raise UsageError("tui.fault.no_suspend") from fault
    except OSError as fault:
        raise UsageError("tui.fault.editor", command=shown, reason=fault.strerror or str(fault)) from fault
    changed = digest_if_there(file) != before
    if status != 0 and not changed:
        raise GraderError("tui.fault.editor_status", command=shown, status=status)
    return changed
