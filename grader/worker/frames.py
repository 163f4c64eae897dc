"""Length-prefixed frames over a pair of descriptors, the same on every platform."""

from __future__ import annotations

import os
import struct

from grader.worker.wire import WireError

_HEADER = struct.Struct("!I")


def frame(data: bytes) -> bytes:
    """Return `data` as it goes over a channel."""
    return _HEADER.pack(len(data)) + data


class Channel:
    """A blocking stream of frames. Whoever must not wait for ever kills the other end."""

    def __init__(self, read_fd: int, write_fd: int, *, limit_bytes: int) -> None:
        self.read_fd = read_fd
        self.write_fd = write_fd
        self.limit_bytes = limit_bytes

    def send(self, data: bytes) -> None:
        """Write one frame.

        Raises:
            WireError: the frame is over the limit.
            OSError: the other end is gone.
        """
        if len(data) > self.limit_bytes:
            message = f"a frame of {len(data)} bytes is over the limit of {self.limit_bytes}"
            raise WireError(message)
        view = memoryview(frame(data))
        while view:
            view = view[os.write(self.write_fd, view) :]

    def receive(self) -> bytes:
        """Read one frame.

        Raises:
            EOFError: the other end closed.
            WireError: the announced size is over the limit.
        """
        (size,) = _HEADER.unpack(self.read(_HEADER.size))
        if size > self.limit_bytes:
            message = f"a frame of {size} bytes is over the limit of {self.limit_bytes}"
            raise WireError(message)
        return self.read(size)

    def read(self, size: int) -> bytes:
        """Read so many bytes that stand in no frame.

        Raises:
            EOFError: the other end closed.
        """
        parts = bytearray()
        while len(parts) < size:
            try:
                part = os.read(self.read_fd, min(size - len(parts), 1 << 20))
            except ConnectionError:
                part = b""
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)

    def close(self) -> None:
        """Close both descriptors."""
        for fd in {self.read_fd, self.write_fd}:
            os.close(fd)
