"""The thread that writes the record of progress, so that a slow disk never holds up a key."""

from __future__ import annotations

import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING

from grader.errors import GraderError
from tui.messages import NotRecorded

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message

_PATIENCE_S = 5.0


class Recorder:
    """Does writes in the order in which they were asked for; idle, it writes nothing."""

    def __init__(self, post: Callable[[Message], object]) -> None:
        self._post = post
        self._queue: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="recording", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def write(self, action: Callable[[], object]) -> None:
        """Do `action` soon; a failure is posted."""
        self._queue.put(action)

    def close(self) -> None:
        """Wait until all is written."""
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join(_PATIENCE_S)

    def _work(self) -> None:
        while (action := self._queue.get()) is not None:
            try:
                action()
            except GraderError as error:
                with suppress(RuntimeError):
                    self._post(NotRecorded(error))
