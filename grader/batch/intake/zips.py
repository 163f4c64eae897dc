"""Members of a zip archive."""

from __future__ import annotations

import stat
import struct
import time
import zipfile
import zlib
from contextlib import suppress
from functools import partial
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
    from grader.model import Text

_UNIX = 3
_ENCRYPTED = 0x1
_UTF8 = 0x800
_END = struct.Struct("<4s4H2LH")
# What the directory's size is where it stands elsewhere: too large for 32 bits.
_ELSEWHERE = 0xFFFF_FFFF
_LONGEST_COMMENT = 1 << 16


def zip_members(stream: BinaryIO, bounds: Bounds) -> Iterator[Member]:
    """Yield the members of the zip archive in `stream`. Raises UnreadableError."""
    _require_small_directory(stream, bounds)
    archive = zipfile.ZipFile(stream)
    entries = archive.infolist()
    if len(entries) > bounds.members:
        raise UnreadableError(text("intake.many_members", limit=bounds.members))
    if sum(min(entry.file_size, most_bytes(entry.filename)) for entry in entries) > bounds.unpacked_bytes:
        raise UnreadableError(text("intake.unpacks_too_large", limit_mib=bounds.unpacked_bytes >> 20))
    for entry in entries:
        yield Member(
            path=_path(entry),
            kind=_kind(entry),
            size=entry.file_size,
            modified=_modified(entry),
            read=partial(_read, archive, entry),
            refused=_refused(entry),
        )


def _require_small_directory(stream: BinaryIO, bounds: Bounds) -> None:
    # zipfile makes a record of everything in the directory before anyone can count.
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _LONGEST_COMMENT - _END.size))
    tail = stream.read()
    start = tail.rfind(b"PK\x05\x06")
    if 0 <= start <= len(tail) - _END.size:
        directory = _END.unpack_from(tail, start)[5]
        # It is no more than the file.
        directory = size if directory == _ELSEWHERE else directory
        if directory > bounds.members * limits.ZIP_DIRECTORY_BYTES:
            raise UnreadableError(text("intake.many_members", limit=bounds.members))
    stream.seek(0)


def _path(entry: zipfile.ZipInfo) -> str:
    # zipfile cuts `filename` at a zero byte; the escape is seen in the whole.
    name = entry.orig_filename
    if not entry.flag_bits & _UTF8:
        # Without the flag the standard says cp437, but macOS and many others write UTF-8.
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _kind(entry: zipfile.ZipInfo) -> Kind:
    mode = entry.external_attr >> 16 if entry.create_system == _UNIX else 0
    form = stat.S_IFMT(mode)
    if form == stat.S_IFLNK:
        return Kind.LINK
    if _path(entry).endswith("/"):
        return Kind.FOLDER
    return Kind.FILE if form in {0, stat.S_IFREG} else Kind.OTHER


def _modified(entry: zipfile.ZipInfo) -> float:
    # A zip archive has local times, and nothing says of which place.
    try:
        return time.mktime((*entry.date_time, 0, 0, -1))
    except (OverflowError, ValueError):
        return 0.0


def _refused(entry: zipfile.ZipInfo) -> Text | None:
    if entry.flag_bits & _ENCRYPTED:
        return text("intake.encrypted")
    if entry.file_size > max(limits.SMALL_BYTES, entry.compress_size * limits.MAX_RATIO):
        return text("intake.bomb", ratio=limits.MAX_RATIO)
    return None


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> bytes:
    try:
        # The announced size may be a lie: what is unpacked is counted too.
        with archive.open(entry) as stream:
            return stream.read(limit + 1)
    except NotImplementedError:
        raise UnreadableError(text("intake.compression")) from None
    except (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error, struct.error):
        raise UnreadableError(text("intake.broken_member")) from None
    except Exception as error:
        # lzma is not always built in, so its error cannot be named without importing it.
        if type(error).__name__ != "LZMAError":
            raise
        raise UnreadableError(text("intake.broken_member")) from None
