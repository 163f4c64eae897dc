"""Matplotlib on its best behaviour: no window, nobody's own settings, no folder but the worker's.

Nothing here imports it: only the preload of an exercise that draws does.
"""

from __future__ import annotations

import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType


def loaded() -> ModuleType | None:
    """Return matplotlib where this process has imported it."""
    return sys.modules.get("matplotlib")


def tame() -> None:
    """Draw into memory alone, with the settings that matplotlib ships: a user's would reach every worker."""
    matplotlib = loaded()
    if matplotlib is not None:
        matplotlib.rcdefaults()
        matplotlib.use("agg")


def move_in() -> None:
    """Forget the folders of the process that this one was forked from: `MPLCONFIGDIR` names its own."""
    matplotlib = loaded()
    if matplotlib is None:
        return
    for name in ("get_configdir", "get_cachedir"):
        # Matplotlib remembers the first answer for good; below that lies the function that asks.
        function = getattr(matplotlib, name)
        setattr(matplotlib, name, getattr(function, "__wrapped__", function))


def hand_over_fonts(scratch: Path) -> None:
    """Copy the list of fonts into the folder of a worker that imports matplotlib itself.

    A worker without the list would look at every font of the computer, for seconds. One that
    is forked has it in memory.
    """
    matplotlib = loaded()
    if matplotlib is None:
        return
    for fonts in Path(matplotlib.get_cachedir()).glob("fontlist-*.json"):
        with suppress(OSError):
            shutil.copy(fonts, scratch)
