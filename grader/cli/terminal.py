"""A terminal whose keys come one by one and whose screen is drawn as frames."""

from __future__ import annotations

import os
import select
import signal
import termios
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Self

from grader.cli.keys import KeyReader

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType, TracebackType

# The other screen, no cursor, no line that goes on by itself where a width was judged otherwise.
_ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J"
_LEAVE = "\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l"
# Terminals that know it show a frame at once; the others ignore it.
_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_CAUGHT = (*_ENDING, signal.SIGWINCH, signal.SIGTSTP)
_KEYBOARD_ONLY = frozenset({signal.SIGINT, signal.SIGQUIT})
# An escape that nothing follows for so long is the key.
_ESCAPE_S = 0.05
_READ_BYTES = 4096
_UNKNOWN = os.terminal_size((80, 24))


class Heard(NamedTuple):
    """What came from the terminal: keys, and the signal that asks to end, if any."""

    keys: Sequence[str]
    ending: signal.Signals | None


class Terminal:
    """The terminal of a full-screen command; a context, on leaving which everything is as it was.

    All methods but `wake` belong to the main thread.
    """

    def __init__(self, stdin: int, stdout: int, encoding: str) -> None:
        self._stdin = stdin
        self._stdout = stdout
        self._encoding = encoding
        self._reader = KeyReader()
        self._shown: tuple[os.terminal_size, Sequence[str]] | None = None
        self._away = True
        self._lost = False
        # Made here, so that a thread may wake what has not begun to read.
        self._pipe = os.pipe()
        for end in self._pipe:
            os.set_blocking(end, False)

    def __enter__(self) -> Self:
        self._usual = termios.tcgetattr(self._stdin)
        self._usual_wakeup = signal.set_wakeup_fd(self._pipe[1], warn_on_full_buffer=False)
        # The numbers of the signals arrive in the pipe: nothing is left to do for a handler.
        self._usual_handlers = {each: signal.signal(each, _nothing) for each in _CAUGHT}
        self.resume()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.suspend(flush=True)
        for each, handler in self._usual_handlers.items():
            signal.signal(each, handler)
        signal.set_wakeup_fd(self._usual_wakeup)
        for end in self._pipe:
            os.close(end)

    @property
    def size(self) -> os.terminal_size:
        """The columns and lines as they are now."""
        try:
            found = os.get_terminal_size(self._stdout)
        except OSError:
            return _UNKNOWN
        # A line without a size, as some serial consoles are.
        return found if found.columns and found.lines else _UNKNOWN

    def show(self, rows: Sequence[str], size: os.terminal_size) -> None:
        """Draw `rows`, which are made for `size`, in one write: those that differ from the last ones."""
        if self._away or (size, rows) == self._shown:
            return
        old: Sequence[str] = ()
        parts = [_BEGIN]
        if self._shown is None or self._shown[0] != size:
            parts.append("\x1b[0m\x1b[2J")
        else:
            old = self._shown[1]
        for number, row in enumerate(rows):
            if number >= len(old) or old[number] != row:
                # Erased first: behind a full row the cursor stands upon its last column.
                parts.append(f"\x1b[{number + 1};1H\x1b[2K{row}\x1b[0m")
        parts += [f"\x1b[{number + 1};1H\x1b[2K" for number in range(len(rows), len(old))]
        self._write("".join([*parts, _END]))
        self._shown = (size, rows)

    def read(self, timeout_s: float | None) -> Heard:
        """Wait for keys, a signal, `wake` or the end of `timeout_s`."""
        if self._lost:
            return Heard([], signal.SIGHUP)
        if self._reader.waiting:
            timeout_s = _ESCAPE_S if timeout_s is None else min(timeout_s, _ESCAPE_S)
        sources = [self._pipe[0]] if self._away else [self._pipe[0], self._stdin]
        ready, _, _ = select.select(sources, [], [], timeout_s)
        ending = self._signals() if self._pipe[0] in ready else None
        keys: list[str] = []
        if self._stdin in ready:
            keys = self._typed()
        elif self._reader.waiting and not ready:
            keys = self._reader.flush()
        if self._lost:
            ending = signal.SIGHUP
        return Heard(keys, ending)

    def wake(self) -> None:
        """End a `read`, from any thread."""
        with suppress(BlockingIOError, OSError):
            os.write(self._pipe[1], b"\0")

    def suspend(self, *, flush: bool = False) -> None:
        """Give the terminal back, as it was, for another program or for good; `flush` drops what was typed."""
        if self._away:
            return
        self._write(_LEAVE)
        self._away = True
        with suppress(termios.error):
            termios.tcsetattr(self._stdin, termios.TCSAFLUSH if flush else termios.TCSADRAIN, self._usual)

    def resume(self) -> None:
        """Take the terminal again."""
        if not self._away:
            return
        raw = termios.tcgetattr(self._stdin)
        # Signals keep their keys (ISIG); everything else comes as it is typed, and is not repeated on the screen.
        raw[3] &= ~(termios.ICANON | termios.ECHO)
        raw[6] = [*raw[6]]
        raw[6][termios.VMIN], raw[6][termios.VTIME] = 1, 0
        termios.tcsetattr(self._stdin, termios.TCSADRAIN, raw)
        self._away = False
        self._shown = None
        self._write(_ENTER)

    def _signals(self) -> signal.Signals | None:
        with suppress(BlockingIOError):
            caught = {signal.Signals(each) for each in os.read(self._pipe[0], _READ_BYTES) if each}
            if signal.SIGTSTP in caught:
                self._stop()
            # While another program has the terminal, its keys are meant for that program.
            ending = caught.intersection(_ENDING) - (_KEYBOARD_ONLY if self._away else frozenset())
            return min(ending, default=None)
        return None

    def _stop(self) -> None:
        away = self._away
        self.suspend()
        os.kill(os.getpid(), signal.SIGSTOP)
        if not away:
            self.resume()

    def _typed(self) -> list[str]:
        try:
            data = os.read(self._stdin, _READ_BYTES)
        except BlockingIOError:
            return []
        except OSError:
            data = b""
        self._lost = not data
        return self._reader.feed(data)

    def _write(self, text: str) -> None:
        left = memoryview(text.encode(self._encoding, errors="replace"))
        while left and not self._lost:
            try:
                left = left[os.write(self._stdout, left) :]
            except BlockingIOError:
                select.select([], [self._stdout], [])
            except OSError:
                self._lost = True


def _nothing(number: int, frame: FrameType | None) -> None:
    del number, frame
