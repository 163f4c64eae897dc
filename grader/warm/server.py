"""The warm process: imports torch once, and forks a judge for every line that is opened to it.

It starts no threads and touches no GPU, so that forking stays safe; it parses nothing and
holds no check, solution or request, so that there is nothing in it to leak or to spoil.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn, Protocol

from grader.warm.wire import FRAME_BYTES, Hello, encode
from grader.worker.frames import Channel
from grader.worker.pages import gather
from grader.worker.preload import LATE_IMPORTS, preload

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grader.judge.sitting import Sitting
    from grader.worker.seedbed import Seedbed

PR_SET_PDEATHSIG = 1
JUDGING = ("pytest", "grader.warm.judging", "grader.judge.diagnose", "grader.judge.result")


class Source(Protocol):
    """Where lines to those who ask come from."""

    def fileno(self) -> int:
        """Return the descriptor that becomes readable when a line or the end has come."""

    @property
    def ended(self) -> bool:
        """Whether no more lines will come."""

    def take(self) -> socket.socket | None:
        """Return the line that has come, if it is one to be served."""

    def close(self) -> None:
        """Take no more lines."""


class Owner:
    """Lines that the owner of a warm process sends over the socket that it was started with."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self.ended = False

    def fileno(self) -> int:
        """Return the descriptor of the socket."""
        return self._control.fileno()

    def take(self) -> socket.socket | None:
        """Return the line that the owner sent, unless it has gone."""
        try:
            told, fds, _, _ = socket.recv_fds(self._control, 1, 1)
        except OSError:
            told, fds = b"", []
        self.ended = not told
        return socket.socket(fileno=fds[0]) if fds else None

    def close(self) -> None:
        """Close the socket."""
        self._control.close()


class Server:
    """A warm process that has imported everything and now waits."""

    def __init__(
        self, source: Source, stamp: str, *, idle_s: float | None, seedbed: Seedbed | None, sitting: Sitting
    ) -> None:
        self._source = source
        self._hello = encode(Hello(os.getpid(), stamp))
        self._idle_s = idle_s
        self._seedbed = seedbed
        self._sitting = sitting
        self._lines: dict[int, socket.socket] = {}
        self._wake, self._waker = socket.socketpair()
        self._stopping = False

    def serve(self) -> None:
        """Fork a judge for every line, until the source ends, nobody asks any more, or a signal comes."""
        self._waker.setblocking(False)
        self._wake.setblocking(False)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self._stop)
        last_s = time.monotonic()
        try:
            while not (self._stopping or self._source.ended):
                due_s = None if self._idle_s is None or self._lines else last_s + self._idle_s - time.monotonic()
                if due_s is not None and due_s <= 0:
                    return
                self._turn(due_s)
                if self._lines:
                    last_s = time.monotonic()
        finally:
            self._source.close()
            for pid in self._lines:
                os.kill(pid, signal.SIGKILL)
            if self._seedbed is not None:
                self._seedbed.close()

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _turn(self, patience_s: float | None) -> None:
        """Wait for something to happen and see to it."""
        poll = select.poll()
        poll.register(self._source.fileno(), select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        judges = {line.fileno(): pid for pid, line in self._lines.items()}
        for fd in judges:
            # A line that was hung up is told of without being asked for.
            poll.register(fd, 0)
        for fd, _ in poll.poll(None if patience_s is None else patience_s * 1000):
            if fd in judges:
                with suppress(ProcessLookupError):
                    os.kill(judges[fd], signal.SIGKILL)
                self._lines.pop(judges[fd]).close()
            elif fd == self._wake.fileno():
                with suppress(BlockingIOError):
                    self._wake.recv(1 << 12)
            else:
                line = self._source.take()
                if line is not None:
                    self._open(line)
        self._bury()

    def _open(self, line: socket.socket) -> None:
        try:
            Channel(line.fileno(), line.fileno(), limit_bytes=FRAME_BYTES).send(self._hello)
        except OSError:
            line.close()
            return
        pid = os.fork()
        if pid == 0:
            self._judge(line)
        self._lines[pid] = line

    def _bury(self) -> None:
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid in self._lines:
                # The last copy of the line: whoever asked hears that the judge has gone.
                self._lines.pop(pid).close()
            if self._seedbed is not None and pid == self._seedbed.pid:
                self._stopping = True

    def _judge(self, line: socket.socket) -> NoReturn:
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            if sys.platform == "linux":
                ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            self._source.close()
            for other in (self._wake, self._waker, *self._lines.values()):
                other.close()
            from grader.warm.judging import judge  # noqa: PLC0415 - imported already, after the seedbed was forked

            judge(Channel(line.fileno(), line.fileno(), limit_bytes=FRAME_BYTES), self._seedbed, self._sitting)
        finally:
            os._exit(0)


def run(open_source: Callable[[], Source], stamp: str, modules: Sequence[str], *, idle_s: float | None) -> None:
    """Be a warm process: import, then serve the lines of the source that `open_source` returns."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    preload([*LATE_IMPORTS, *modules])
    seedbed = None
    if sys.platform == "linux":
        from grader.worker.seedbed import Seedbed  # noqa: PLC0415 - needs fork

        seedbed = Seedbed()
    for name in JUDGING:
        importlib.import_module(name)
    from grader.judge.sitting import in_session  # noqa: PLC0415 - after the seedbed was forked

    def serve(sitting: Sitting) -> None:
        sitting.rehearse()
        gc.collect()
        gc.freeze()
        gather()
        Server(open_source(), stamp, idle_s=idle_s, seedbed=seedbed, sitting=sitting).serve()

    in_session(serve)
