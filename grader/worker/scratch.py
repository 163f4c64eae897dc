"""Remove the folder that a worker was free to fill."""

from __future__ import annotations

import stat
import subprocess
import time
from pathlib import Path
from shutil import rmtree
from typing import Any

# Each pass unlocks one more level of locked folders; another remover may be at work in the same folder.
_PASSES = 20
_PAUSE_S = 0.01


def remove_tree(path: Path) -> None:
    """Remove a folder that hostile code has filled: locked folders and depths beyond the stack included."""

    def unlock(_function: object, place: str, _error: Any) -> None:  # noqa: ANN401 - shutil's signature
        here = Path(place)
        # Neither what holds the folder, nor what a link in it points at, is ours to change.
        try:
            if here != path:
                here.parent.chmod(stat.S_IRWXU)
            if not here.is_symlink():
                here.chmod(stat.S_IRWXU)
        except OSError:
            return

    for nth in range(_PASSES):
        try:
            rmtree(path, onerror=unlock)
        except (OSError, RecursionError):
            subprocess.run(["rm", "-rf", "--", str(path)], check=False, capture_output=True)  # noqa: S607 - rm of the system's PATH
        if not path.exists():
            return
        time.sleep(_PAUSE_S * nth)
