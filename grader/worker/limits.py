"""Limits that the kernel enforces on a worker, and those that its keeper watches."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if sys.platform != "win32":
    import resource

if TYPE_CHECKING:
    from grader.model import Limits

WALL = "wall"
CPU = "cpu"
THREADS = "threads"
DISK = "disk"
OUTPUT = "output"


def apply_limits(limits: Limits, *, address_space: bool) -> None:
    """Set the kernel's limits for the current process: they cannot be raised again.

    The address space may grow by `limits.memory_bytes` over what the interpreter and
    torch have mapped already; a GPU driver reserves far more, so there it is not limited.
    """
    if sys.platform == "win32":
        return
    cpu_s = cpu_seconds(limits)
    for what, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_CPU, cpu_s, cpu_s + 1),
        (resource.RLIMIT_FSIZE, limits.disk_bytes, limits.disk_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files, limits.open_files),
    ):
        resource.setrlimit(what, (soft, hard))
    mapped = _mapped_bytes()
    if mapped and address_space:
        total = mapped + limits.memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (total, total))


def cpu_seconds(limits: Limits) -> int:
    """Return the limit on CPU time as the kernel knows it: in whole seconds, one at least."""
    return max(1, round(limits.cpu_s))


def _mapped_bytes() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def broken_limit(pid: int, scratch: Path, limits: Limits) -> str:
    """Return the name of a watched limit that the process `pid` is over, or an empty text."""
    if _thread_count(pid) > limits.threads:
        return THREADS
    if _folder_bytes(scratch, limits.disk_bytes) + _deleted_bytes(pid) > limits.disk_bytes:
        return DISK
    return ""


def _thread_count(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return int(fields[17])
    except (OSError, ValueError, IndexError):
        return 0


def _folder_bytes(folder: Path, enough: int) -> int:
    """Add up the file sizes under `folder`, stopping once they pass `enough`."""
    total = 0
    waiting = [folder]
    while waiting and total <= enough:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    else:
                        total += entry.stat(follow_symlinks=False).st_blocks * 512 + 512
        except OSError:
            continue
    return total


def _deleted_bytes(pid: int) -> int:
    """Add up the files that the process has deleted but holds open."""
    total = 0
    try:
        with os.scandir(f"/proc/{pid}/fd") as entries:
            for entry in entries:
                found = entry.stat()
                if stat.S_ISREG(found.st_mode) and found.st_nlink == 0:
                    total += found.st_blocks * 512
    except OSError:
        return total
    return total
