"""Members of a tar archive, packed or not: read once from front to back."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from typing import TYPE_CHECKING

from grader.batch.intake import limits
from grader.batch.intake.archives import Member
from grader.batch.intake.naming import most_bytes
from grader.batch.intake.nodes import Kind, UnreadableError
from grader.batch.intake.wording import text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from grader.batch.intake.archives import Bounds

_CHUNK = 1 << 20
# tarfile reads a long name or an extended header as one piece, of whatever size the header says.
_LARGEST_READ = limits.MAX_METADATA_BYTES


def tar_members(stream: BinaryIO, bounds: Bounds) -> Iterator[Member]:
    """Yield the members of the tar archive in `stream`, with the bytes of what may be code. Raises UnreadableError."""
    size = stream.seek(0, 2)
    stream.seek(0)
    unpacked = _Counted(_unpacked(stream), packed_bytes=size, limit=bounds.unpacked_bytes)
    held = count = 0
    with tarfile.open(fileobj=unpacked, mode="r:", errorlevel=1) as archive:
        while (entry := archive.next()) is not None:
            # tarfile keeps what it has seen, for links that nobody follows.
            archive.members.clear()  # type: ignore[attr-defined] # typeshed leaves it out
            count += 1
            if count > bounds.members:
                raise UnreadableError(text("intake.many_members", limit=bounds.members))
            member = _member(archive, entry)
            held += member.size if member.read else 0
            if held > limits.MAX_HELD_BYTES:
                raise UnreadableError(text("intake.unpacks_too_large", limit_mib=limits.MAX_HELD_BYTES >> 20))
            yield member
    # tarfile takes a damaged header for the end, and what lies behind it would be lost without a word.
    if any(unpacked.last):
        raise UnreadableError(text("intake.broken_archive"))


def _unpacked(stream: BinaryIO) -> io.BufferedIOBase | BinaryIO:
    start = stream.read(6)
    stream.seek(0)
    if start.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=stream)
    if start.startswith(b"BZh"):
        return bz2.BZ2File(stream)
    if start == b"\xfd7zXZ\0":
        return lzma.LZMAFile(stream)
    return stream


def _member(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> Member:
    kind = _kind(entry)
    size = entry.size if kind is Kind.FILE else 0
    # Only what may be read later is held; pictures and data go by.
    is_held = kind is Kind.FILE and size <= most_bytes(entry.name)
    return Member(entry.name, kind, size, _modified(entry), _Held(_data(archive, entry)) if is_held else None)


def _kind(entry: tarfile.TarInfo) -> Kind:
    if entry.issym() or entry.islnk():
        return Kind.LINK
    if entry.isdir():
        return Kind.FOLDER
    return Kind.FILE if entry.isfile() else Kind.OTHER


def _data(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    stream = archive.extractfile(entry)
    return b"" if stream is None else stream.read(entry.size)


def _modified(entry: tarfile.TarInfo) -> float:
    return float(entry.mtime) if 0 <= entry.mtime < 1 << 40 else 0.0


class _Held:
    """Returns the bytes that were kept."""

    __slots__ = ("_data",)

    def __init__(self, data: bytes) -> None:
        self._data = data

    def __call__(self, limit: int) -> bytes:
        return self._data[: limit + 1]


class _Counted(io.RawIOBase):
    """A stream of unpacked bytes that stops a bomb before it is unpacked."""

    def __init__(self, stream: io.BufferedIOBase | BinaryIO, *, packed_bytes: int, limit: int) -> None:
        super().__init__()
        self._stream = stream
        self._packed_bytes = packed_bytes
        self._limit = limit
        self._at = 0
        self.last = b""

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes. Raises UnreadableError past the limits."""
        if not 0 <= size <= _LARGEST_READ:
            raise UnreadableError(text("intake.broken_archive"))
        data = self._stream.read(size)
        self._at += len(data)
        self.last = data
        if self._at > self._limit:
            raise UnreadableError(text("intake.unpacks_too_large", limit_mib=self._limit >> 20))
        # A class of equal stubs packs very well: only what is large as well is a bomb.
        if self._at > max(limits.MAX_NESTED_UNPACKED_BYTES, self._packed_bytes * limits.MAX_RATIO):
            raise UnreadableError(text("intake.bomb", ratio=limits.MAX_RATIO))
        return data

    def tell(self) -> int:
        """Return how many bytes came by."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go forward to `offset`. Raises UnreadableError for a way back, which would unpack all again."""
        if whence != io.SEEK_SET or offset < self._at:
            raise UnreadableError(text("intake.broken_archive"))
        while self._at < offset and self.read(min(_CHUNK, offset - self._at)):
            pass
        return self._at
