"""The thread that waits for saves."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from tui.faults import as_grader_error
from tui.messages import Saved, WatchFailed, WatchStarted

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message

    from grader.engine import SaveWatch

_PATIENCE_S = 0.5


class Watching:
    """Posts every save, from a thread of its own."""

    def __init__(self, make_watch: Callable[[], SaveWatch], post: Callable[[Message], object]) -> None:
        self._make_watch = make_watch
        self._post = post
        self._watch: SaveWatch | None = None
        self._stopped = False
        self._thread = threading.Thread(target=self._work, name="saves", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def close(self) -> None:
        """Stop watching."""
        self._stopped = True
        if self._watch is not None:
            self._watch.stop()
        if self._thread.is_alive():
            self._thread.join(_PATIENCE_S)

    def _work(self) -> None:
        try:
            self._watch = watch = self._make_watch()
            if self._stopped:
                watch.stop()
                return
            self._tell(WatchStarted(watch.method))
            for files in watch:
                self._tell(Saved(files))
        except Exception as fault:  # noqa: BLE001 - grading by hand still works, and the screen says so
            self._tell(WatchFailed(as_grader_error(fault)))

    def _tell(self, message: Message) -> None:
        # The app may have ended meanwhile, its loop with it.
        with suppress(RuntimeError):
            self._post(message)
