"""The editor that the learner chose."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def chosen_editor(environ: Mapping[str, str]) -> list[str] | None:
    """Return the words of VISUAL or else EDITOR, to which a file is added; None where neither is set."""
    for name in ("VISUAL", "EDITOR"):
        words = _words(environ.get(name, ""))
        if words:
            return words
    return None


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        # A quote that is never closed: perhaps the name of the program holds it.
        return [command]
