"""What runs below a process, as the kernel tells it."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE_S = 60.0


def below(pid: int) -> frozenset[int]:
    """Return the living descendants of a process."""
    found: set[int] = set()
    fresh = {pid}
    while fresh:
        fresh = {child for parent in fresh for child in _children(parent)} - found
        found |= fresh
    return frozenset(found)


def is_alive(pid: int) -> bool:
    """Say whether a process runs; one that is only waiting to be buried does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def becomes_true(condition: Callable[[], bool]) -> bool:
    """Wait until `condition` holds, and say whether it came to that."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return condition()


def _children(pid: int) -> Iterator[int]:
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            text = (task / "children").read_text(encoding="ascii")
            yield from map(int, text.split())
