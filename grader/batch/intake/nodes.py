"""Files and folders as intake sees them, on disk or in an archive: looked at, never extracted."""

from __future__ import annotations

import os
import stat
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from grader.batch.intake.wording import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.model import Text

# Opening a FIFO would wait for a writer, and a link could lead to a file of the grader's.
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class Kind(Enum):
    """What lies under a name."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "other"


class UnreadableError(Exception):
    """A node cannot be read; `reason` says why."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


class Node(Protocol):
    """A name in a folder or an archive. `size` is in bytes, `modified` in seconds since 1970.

    `name` is raw: it may hold anything but a slash.
    """

    @property
    def name(self) -> str:
        """Its raw name."""
        ...

    @property
    def kind(self) -> Kind:
        """What it is; a link is never followed to find out."""
        ...

    @property
    def size(self) -> int:
        """Its bytes as they are announced."""
        ...

    @property
    def modified(self) -> float:
        """When it was last changed, 0 where nobody knows."""
        ...

    def children(self) -> Sequence[Node]:
        """Return what a folder holds, by name. Raises UnreadableError."""
        ...

    def read(self, limit: int) -> bytes:
        """Return the bytes of a file, at most `limit`. Raises UnreadableError, also if there are more."""
        ...


class DiskNode:
    """A file or folder on disk."""

    __slots__ = ("_stat", "kind", "name", "path")

    def __init__(self, path: str, name: str, kind: Kind) -> None:
        self.path = path
        self.name = name
        self.kind = kind
        self._stat: os.stat_result | None = None

    @property
    def size(self) -> int:
        """Its bytes."""
        return self._status().st_size

    @property
    def modified(self) -> float:
        """When it was last changed."""
        return self._status().st_mtime

    def children(self) -> list[DiskNode]:
        """Return what the folder holds, by name. Raises UnreadableError."""
        try:
            with os.scandir(self.path) as entries:
                found = [DiskNode(entry.path, entry.name, _kind(entry)) for entry in entries]
        except OSError as error:
            raise UnreadableError(text("intake.unreadable", error=error.strerror or "?")) from None
        return sorted(found, key=lambda node: node.name)

    def read(self, limit: int) -> bytes:
        """Return the bytes of the file. Raises UnreadableError."""
        try:
            handle = os.open(self.path, _OPEN_FLAGS)
            with open(handle, "rb") as stream:  # noqa: PTH123 - a descriptor has no path
                # It may have been exchanged since the folder was listed.
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise UnreadableError(text("intake.not_a_file"))
                data = stream.read(limit + 1)
        except OSError as error:
            raise UnreadableError(text("intake.unreadable", error=error.strerror or "?")) from None
        if len(data) > limit:
            raise too_large(limit)
        return data

    def _status(self) -> os.stat_result:
        if self._stat is None:
            try:
                self._stat = os.lstat(self.path)
            except OSError:
                self._stat = os.stat_result((0,) * 10)
        return self._stat


def disk_node(path: str) -> DiskNode:
    """Return the node of `path`, whatever leads there."""
    return DiskNode(path, os.path.basename(path), Kind.FOLDER if os.path.isdir(path) else Kind.FILE)  # noqa: PTH112, PTH119 - raw names, no Path


def too_large(limit: int) -> UnreadableError:
    """Return the error of a file that has more than `limit` bytes."""
    return UnreadableError(text("intake.too_large", limit_kib=limit >> 10))


def _kind(entry: os.DirEntry[str]) -> Kind:
    if entry.is_symlink() or (hasattr(entry, "is_junction") and entry.is_junction()):
        return Kind.LINK
    if entry.is_dir(follow_symlinks=False):
        return Kind.FOLDER
    return Kind.FILE if entry.is_file(follow_symlinks=False) else Kind.OTHER
