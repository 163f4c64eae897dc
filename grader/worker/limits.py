"""Limits that the kernel enforces on a worker, and those that its keeper watches."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
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
# An entry of a folder counts as this much more than it holds: thousands take long to remove.
ENTRY_BYTES = 16 << 10
MAP_EVERY = 8
# A worker with more threads than this gets what is left of the processors: each thread counts as one who asks.
FEW_THREADS = 4
LOWEST_PRIORITY = 19


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
    # Not pathlib: in a fork, every page that it touches is copied.
    try:
        statm = os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return 0
    try:
        pages = int(os.read(statm, 64).split()[0])
    finally:
        os.close(statm)
    return pages * os.sysconf("SC_PAGE_SIZE")


class Watch:
    """Looks, again and again, at what a process uses of the limits that no kernel keeps."""

    def __init__(self, pid: int, scratch: Path, limits: Limits) -> None:
        self._pid = pid
        self._scratch = scratch
        self._limits = limits
        self._looks = 0

    def broken_limit(self) -> str:
        """Return the name of a limit that the process is over, or an empty text."""
        threads = _thread_count(self._pid)
        if threads > self._limits.threads:
            return THREADS
        if threads > FEW_THREADS:
            _let_others_first(self._pid)
        if self._disk_bytes() > self._limits.disk_bytes:
            return DISK
        return ""

    def _disk_bytes(self) -> int:
        enough = self._limits.disk_bytes
        deleted = _deleted_files(self._pid)
        # What is mapped stays, so a rare look finds it too; reading the map takes a millisecond.
        if self._looks % MAP_EVERY == MAP_EVERY - 1:
            deleted = {**_mapped_files(self._pid, self._scratch, most=enough), **deleted}
        self._looks += 1
        return _folder_bytes(self._scratch, enough) + sum(deleted.values())


def _thread_count(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return int(fields[17])
    except (OSError, ValueError, IndexError):
        return 0


def _let_others_first(group: int) -> None:
    """Give all threads of a process group the lowest priority, which they cannot raise again."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PGRP, group, LOWEST_PRIORITY)


def _folder_bytes(folder: Path, enough: int) -> int:
    """Add up what lies under `folder`, stopping once it passes `enough`.

    What cannot be looked into (a path longer than the kernel takes, a folder made
    unreadable) counts as too much, or files could hide there.
    """
    total = 0
    waiting = [folder]
    while waiting and total <= enough:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    total += entry.stat(follow_symlinks=False).st_blocks * 512 + ENTRY_BYTES
                    if total > enough:
                        break
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            return enough + 1
    return total


def _deleted_files(pid: int) -> dict[int, int]:
    """Return the sizes of the files that the process has deleted but holds open, by inode."""
    sizes = {}
    try:
        with os.scandir(f"/proc/{pid}/fd") as entries:
            for entry in entries:
                found = entry.stat()
                if stat.S_ISREG(found.st_mode) and found.st_nlink == 0:
                    sizes[found.st_ino] = found.st_blocks * 512
    except OSError:
        return sizes
    return sizes


def _mapped_files(pid: int, scratch: Path, *, most: int) -> dict[int, int]:
    """Return the sizes of the files of `scratch` that the process has deleted but keeps mapped, by inode.

    One page mapped keeps a whole file. Root alone may ask for its size; else it is taken for `most`.
    """
    sizes: dict[int, int] = {}
    try:
        lines = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return sizes
    for line in lines:
        span, _, _, _, inode, *rest = line.split(maxsplit=5)
        if rest and rest[0].startswith(f"{scratch}/") and rest[0].endswith(" (deleted)"):
            try:
                sizes[int(inode)] = Path(f"/proc/{pid}/map_files/{span}").stat().st_blocks * 512
            except OSError:
                sizes[int(inode)] = most
    return sizes
