"""The editor that the learner prefers."""

from __future__ import annotations

import subprocess
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from grader.durable import reason_of
from grader.editor import find_editor
from grader.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


def editor_command(environ: Mapping[str, str]) -> list[str]:
    """Return the command of the editor, to which a file is added.

    Raises:
        UsageError: there is none.
    """
    found = find_editor(environ)
    if found is None:
        raise UsageError("watch.no_editor")
    return found


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
