"""A file that is read long after it was found, without a descriptor that waits for it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

_BUFFER_BYTES = 1 << 18


def open_when_read(path: Path) -> BinaryIO:
    """Return the bytes of `path` as a stream that has the file open only while it reads.

    Reading raises OSError where the file is gone or closed to us.
    """
    return cast("BinaryIO", io.BufferedReader(_Reopened(path), _BUFFER_BYTES))


class _Reopened(io.RawIOBase):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at}.get(whence)
        self._at = max(0, offset + (self._path.stat().st_size if base is None else base))
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # typeshed's type is not public
        with self._path.open("rb") as stream:
            stream.seek(self._at)
            count = stream.readinto(buffer)
        self._at += count
        return count
