"""Tell when a learner's file is saved with new content."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Method = Literal["events", "polling"]

# File systems whose files may change without an event of the kernel: another computer,
# the host of a virtual machine or Windows around WSL writes them.
_SILENT = frozenset(
    {
        *("9p", "afs", "beegfs", "ceph", "cifs", "drvfs", "fakeowner", "gpfs", "lustre", "ncpfs", "nfs", "nfs4"),
        *("prl_fs", "smb3", "smbfs", "v9fs", "vboxsf", "virtiofs", "vmhgfs", "wslfs"),
        *("fuse.gcsfuse", "fuse.glusterfs", "fuse.grpcfuse", "fuse.osxfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs"),
        *("fuse.vmhgfs-fuse",),
    }
)
_MOUNTS = Path("/proc/self/mountinfo")
_ESCAPED = re.compile(r"\\([0-7]{3})")
_MOUNT_POINT = 4  # Its place among the fields of a line.
_OFF = frozenset({"false", "disable", "disabled"})

# The kernel's events are collected in steps: a save is told after one to two of them.
_STEP_MS = 20
_BURST_MS = 40
# Even with events all files are looked at now and then, should one have been lost.
_SWEEP_MS = 1000
_POLL_S = 0.2
# File systems count time as coarsely as two seconds: a younger file may change unnoticed.
_COARSE_S = 2.5
# A save by rename leaves the name empty for less than this.
_MOMENT_S = 1.0
_LARGEST = 4 << 20


class Saves:
    """Watches files of one folder, with the kernel's events or, where it has none, by polling.

    What the files hold when this is made counts as seen, and so does what was yielded.
    """

    def __init__(self, folder: Path, names: frozenset[str], *, method: Method | None = None) -> None:
        self._folder = folder
        self._files = [_File(folder / name) for name in sorted(names)]
        self._method = method or method_for(folder, os.environ)
        self._stopped = threading.Event()

    @property
    def method(self) -> Method:
        """Say how the folder is watched; it becomes polling where events turn out to be impossible."""
        return self._method

    def __iter__(self) -> Iterator[frozenset[Path]]:
        """Yield the files whose content changed, in one thread, until `stop` is called.

        A file that disappears is not yielded; one that comes back after a while is.
        """
        while not self._stopped.is_set():
            for _ in self._events() if self._method == "events" else self._ticks():
                now = time.monotonic()
                changed = frozenset(each.path for each in self._files if each.changed(now))
                if changed:
                    yield changed

    def stop(self) -> None:
        """End the iteration, from any thread."""
        self._stopped.set()

    def _events(self) -> Iterator[None]:
        # 40 ms, and all of asyncio, that only who waits for saves should pay.
        from watchfiles import watch  # noqa: PLC0415

        folders = self._folders()
        yield
        try:
            # Polling by watchfiles is never asked for: it compares whole seconds.
            for _ in watch(
                *folders,
                watch_filter=None,
                debounce=_BURST_MS,
                step=_STEP_MS,
                stop_event=self._stopped,
                rust_timeout=_SWEEP_MS,
                yield_on_timeout=True,
                force_polling=False,
                recursive=False,
                ignore_permission_denied=True,
            ):
                yield
                if self._folders() != folders:
                    # A link leads elsewhere now, or the folder is a new one of that name.
                    return
        except (OSError, RuntimeError):
            # No more watches (fs.inotify.max_user_watches), no such folder, no inotify.
            self._method = "polling"

    def _ticks(self) -> Iterator[None]:
        yield
        while not self._stopped.wait(_POLL_S):
            yield

    def _folders(self) -> Mapping[Path, tuple[int, int]]:
        # Writing through a link is an event in the folder of its target alone.
        folders = {self._folder, *(_target(each.path).parent for each in self._files if each.path.is_symlink())}
        return {folder: (found.st_dev, found.st_ino) for folder in folders if (found := _stat(folder))}


class _File:
    """What was last seen of one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._digest = b""
        self._looks: tuple[int, ...] | None = None
        self._coarse_until = 0.0
        self._gone_since: float | None = None
        self.changed(time.monotonic())

    def changed(self, now: float) -> bool:
        """Look again, and say whether there is content that was not seen before."""
        try:
            content = self._new_content(now)
        except OSError:
            # Gone, no file, or nothing that may be read.
            self._gone_since = now if self._gone_since is None else self._gone_since
            return False
        if content is None:
            return False
        came_back = self._gone_since is not None and now - self._gone_since >= _MOMENT_S
        self._gone_since = None
        digest = hashlib.sha256(content, usedforsecurity=False).digest()
        known, self._digest = self._digest, digest
        return came_back or digest != known

    def _new_content(self, now: float) -> bytes | None:
        """Return what the file holds, unless it looks as it did and has for long enough."""
        # Opening asks the server of a network file system, where stat() may not; a pipe must not be waited for.
        descriptor = os.open(self.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise FileNotFoundError
            looks = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
            if looks != self._looks:
                self._looks = looks
                self._coarse_until = now + _COARSE_S
            elif self._gone_since is None and now > self._coarse_until:
                return None
            return os.read(descriptor, _LARGEST)
        finally:
            os.close(descriptor)


def method_for(folder: Path, environ: Mapping[str, str]) -> Method:
    """Return how to watch `folder`: WATCHFILES_FORCE_POLLING decides, or else its file system."""
    asked = environ.get("WATCHFILES_FORCE_POLLING")
    if asked:
        return "events" if asked.lower() in _OFF else "polling"
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return "events"
    return "polling" if file_system_of(folder, mounts) in _SILENT else "events"


def file_system_of(folder: Path, mounts: str) -> str:
    """Return the type of the file system that holds `folder`, as a text of /proc/self/mountinfo says it."""
    place = _target(folder)
    kind, longest = "", -1
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < _MOUNT_POINT + 1 or not after:
            continue
        point = Path(_ESCAPED.sub(lambda match: chr(int(match[1], 8)), fields[_MOUNT_POINT]))
        # A later mount hides an earlier one of the same place.
        if place.is_relative_to(point) and len(point.parts) >= longest:
            kind, longest = after.split(" ")[0], len(point.parts)
    return kind


def _target(path: Path) -> Path:
    # Path.resolve() raises where links go round in a circle.
    return Path(os.path.realpath(path))


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None
