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


def tar_members(stream: BinaryIO, bounds: Bounds) -> Iterator[Member]:
    """Yield the members of the tar archive in `stream`, with the bytes of what may be code. Raises UnreadableError."""
    size = stream.seek(0, 2)
    stream.seek(0)
    unpacked = _Counted(_unpacked(stream), packed_bytes=size, bounds=bounds)
    held = count = 0
    with tarfile.open(fileobj=unpacked, mode="r:", errorlevel=1) as archive:
        while (entry := archive.next()) is not None:
            # tarfile keeps what it has seen, for links that nobody follows.
            archive.members.clear()  # type: ignore[attr-defined] # typeshed leaves it out
            count += 1
            if count > bounds.members:
                raise UnreadableError(text("intake.many_members", limit=bounds.members))
            member = _member(unpacked, entry)
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


def _member(unpacked: _Counted, entry: tarfile.TarInfo) -> Member:
    kind = _kind(entry)
    size = entry.size if kind is Kind.FILE else 0
    # Only what may be read later is held; pictures and data go by.
    if kind is not Kind.FILE or size > most_bytes(entry.name):
        return Member(entry.name, kind, size, _modified(entry))
    unpacked.seek(entry.offset_data)
    return Member(entry.name, kind, size, _modified(entry), _Held(unpacked.take(size)))


def _kind(entry: tarfile.TarInfo) -> Kind:
    if entry.issym() or entry.islnk():
        return Kind.LINK
    if entry.isdir():
        return Kind.FOLDER
    # A sparse file says how it is to be put together: nobody's code is.
    return Kind.FILE if entry.isfile() and not entry.issparse() else Kind.OTHER


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
    """A stream of unpacked bytes that stops a bomb before it is unpacked.

    tarfile reads headers from it, and those alone: it parses all that they say.
    """

    def __init__(self, stream: io.BufferedIOBase | BinaryIO, *, packed_bytes: int, bounds: Bounds) -> None:
        super().__init__()
        self._stream = stream
        self._packed_bytes = packed_bytes
        self._bounds = bounds
        self._at = 0
        self._headers_left = bounds.members * limits.TAR_HEADER_BYTES
        self.last = b""

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return `size` bytes of headers, or what is left. Raises UnreadableError past the limits."""
        self._headers_left -= size
        if size < 0 or self._headers_left < 0:
            raise UnreadableError(text("intake.broken_archive"))
        self.last = self.take(size)
        return self.last

    def take(self, size: int) -> bytes:
        """Return `size` bytes, or what is left. Raises UnreadableError past the limits."""
        data = self._stream.read(size)
        self._at += len(data)
        if self._at > self._bounds.unpacked_bytes:
            raise UnreadableError(text("intake.unpacks_too_large", limit_mib=self._bounds.unpacked_bytes >> 20))
        if self._at > max(self._bounds.small_bytes, self._packed_bytes * limits.MAX_RATIO):
            raise UnreadableError(text("intake.bomb", ratio=limits.MAX_RATIO))
        return data

    def tell(self) -> int:
        """Return how many bytes came by."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go forward to `offset`. Raises UnreadableError for a way back, which would unpack all again."""
        if whence != io.SEEK_SET or offset < self._at:
            raise UnreadableError(text("intake.broken_archive"))
        while self._at < offset and self.take(min(_CHUNK, offset - self._at)):
            pass
        return self._at
