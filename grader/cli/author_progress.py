"""How far a verification is: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, TextIO

from grader.cli.screen import Screen, Style, columns_of, padded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from grader.cli.app import App
    from grader.model import Exercise

_BAR = 24
_LEAST_ROOM = 60
_UNKNOWN_COLUMNS = 80
# Often enough to be seen moving; a log wants to know only that it still does.
_EVERY_S = 0.1
_LINE_EVERY_S = 15.0
_ERASE = "\r\x1b[K"


class Progress:
    """Tells on `stream` how many pieces of each exercise are done."""

    def __init__(
        self,
        app: App,
        stream: TextIO,
        environ: Mapping[str, str],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._stream = stream
        self._clock = clock
        self._screen = Screen(stream, environ)
        self._is_bar = stream.isatty() and environ.get("TERM") != "dumb"
        self._begun: dict[str, float] = {}
        self._last = -_LINE_EVERY_S
        self._shown = False

    def tell(self, exercise: Exercise, done: int, total: int) -> None:
        """Take note of one more piece."""
        now = self._clock()
        begun = self._begun.setdefault(exercise.id, now)
        if now - self._last < (_EVERY_S if self._is_bar else _LINE_EVERY_S) and done < total:
            return
        self._last = now
        left_s = (now - begun) / done * (total - done)
        if self._is_bar:
            self._stream.write(f"{_ERASE}{self._row(exercise, done, total, left_s)}")
            self._shown = True
        else:
            said = self._app.text("author.progress", exercise=exercise.name, done=done, total=total)
            self._stream.write(f"{said}\n")
        self._stream.flush()

    def clear(self) -> None:
        """Take the bar away, so that a report can stand in its place."""
        if self._shown:
            self._stream.write(_ERASE)
            self._stream.flush()
            self._shown = False

    def _row(self, exercise: Exercise, done: int, total: int, left_s: float) -> str:
        full, empty = ("█", "░") if self._screen.symbols else ("#", ".")
        filled = done * _BAR // total
        name = padded(f"{exercise.id} {exercise.slug}", 28)
        left = self._app.text("author.left", minutes=int(left_s) // 60, seconds=f"{int(left_s) % 60:02d}")
        bar = self._screen.paint(full * filled, Style.GOOD) + self._screen.paint(empty * (_BAR - filled), Style.FAINT)
        columns = self._columns()
        if columns < _LEAST_ROOM:
            return f"{exercise.id} {done}/{total}"[: max(0, columns - 1)]
        row = f"{name} {bar} {done:>{len(str(total))}}/{total}"
        room = columns - 1 - (columns_of(name) + _BAR + 2 * len(str(total)) + 3)
        return f"{row}  {left}" if columns_of(left) + 2 <= room else row

    def _columns(self) -> int:
        try:
            return os.get_terminal_size(self._stream.fileno()).columns or _UNKNOWN_COLUMNS
        except (OSError, ValueError):
            return _UNKNOWN_COLUMNS
