"""How much a machine, or the container in it, can do at once: its processors and its memory."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

# More would be another machine than the grader was tried on.
MOST = 1024
_SYSTEM = Path("/")


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def affordable(bytes_each: int, *, system: Path = _SYSTEM) -> int:
    """Return how many workers may use all of `bytes_each` without more than there is; 1 at least."""
    return max(1, min([MOST, *(total // bytes_each for total in _totals(system))]))


def _totals(system: Path) -> list[int]:
    """Return the bytes of the machine, and of each control group that this process is in.

    cgroup v2: https://docs.kernel.org/admin-guide/cgroup-v2.html
    """
    found: list[int] = []
    with suppress(ValueError, OSError, AttributeError):
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    root = system / "sys/fs/cgroup"
    groups = [root / "memory/memory.limit_in_bytes"]
    with suppress(OSError, ValueError):
        for line in (system / "proc/self/cgroup").read_text(encoding="utf-8").splitlines():
            number, _, path = line.split(":", 2)
            if number == "0":
                here = root / path.strip("/")
                groups += [group / "memory.max" for group in (here, *here.parents) if group.is_relative_to(root)]
    for file in groups:
        # A group without a bound says "max", and the outermost has no such file.
        with suppress(OSError, ValueError):
            found.append(int(file.read_text(encoding="ascii")))
    return found
