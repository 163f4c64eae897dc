"""The editor that the learner chose, or one that this computer has."""

from __future__ import annotations

import shlex
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


# What a computer has where nobody chose: the easiest one first.
_USUAL = ("sensible-editor", "nano", "micro", "vim", "vi")


def find_editor(environ: Mapping[str, str]) -> list[str] | None:
    """Return the words of VISUAL, else of EDITOR, else one that is there; a file is added to them. None without any."""
    for name in ("VISUAL", "EDITOR"):
        words = _words(environ.get(name, ""))
        if words:
            return words
    return next(([name] for name in _USUAL if shutil.which(name, path=environ.get("PATH", ""))), None)


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        # A quote that is never closed: perhaps the name of the program holds it.
        return [command]
