"""The editor that the learner prefers."""

from __future__ import annotations

import shutil
import subprocess
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from grader.durable import reason_of
from grader.editor import chosen_editor
from grader.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

# What a computer has where nobody chose: the easiest one first.
_USUAL = ("sensible-editor", "nano", "micro", "vim", "vi")


def editor_command(environ: Mapping[str, str]) -> list[str]:
    """Return the command of the editor, to which a file is added: VISUAL, EDITOR, or one that is there.

    Raises:
        UsageError: there is none.
    """
    chosen = chosen_editor(environ)
    if chosen is not None:
        return chosen
    for name in _USUAL:
        if shutil.which(name, path=environ.get("PATH")):
            return [name]
    raise UsageError("watch.no_editor")


class Editing:
    """An editor at work; `on_end` is called with its exit status, from another thread."""

    def __init__(self, command: list[str], file: Path, on_end: Callable[[int], None]) -> None:
        """Start the editor.

        Raises:
            UsageError: it cannot be started.
        """
        try:
            self._process = subprocess.Popen([*command, str(file)])
        except OSError as fault:
            raise UsageError("watch.bad_editor", editor=command[0], reason=reason_of(fault)) from fault
        threading.Thread(target=lambda: on_end(self._process.wait()), name="editor", daemon=True).start()

    def end(self) -> None:
        """Ask the editor to end, as where the terminal goes away."""
        with suppress(OSError):
            self._process.terminate()
