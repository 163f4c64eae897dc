"""What a worker printed, in memory that no later worker inherits: it may be another student's."""

from __future__ import annotations

import mmap
import os
from enum import Enum


class Flow(Enum):
    """How reading what a worker prints went."""

    WAITING = "nothing more for now"
    ENDED = "nothing more for good"
    OVER = "more than is allowed"


class Printed:
    """Up to `limit_bytes` of output. The memory is given back once nobody has a view of it any more."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._size = 0
        # One byte more tells what is just enough from too much; memory that is never written costs nothing.
        self._memory = mmap.mmap(-1, limit_bytes + 1, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self._memory.madvise(mmap.MADV_DONTFORK)

    def take_from(self, pipe: int) -> Flow:
        """Read what is in a pipe that does not block."""
        while self._size <= self._limit:
            with memoryview(self._memory) as whole, whole[self._size :] as rest:
                try:
                    count = os.readv(pipe, [rest])
                except BlockingIOError:
                    return Flow.WAITING
            if count == 0:
                return Flow.ENDED
            self._size += count
        return Flow.OVER

    def view(self) -> memoryview:
        """Return what was read, as far as it is allowed."""
        return memoryview(self._memory)[: min(self._size, self._limit)]
