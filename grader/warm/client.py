"""How others have a warm process grade for them."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from grader.errors import WorkerFault
from grader.warm.home import stamp, wanted
from grader.warm.wire import FRAME_BYTES, Checked, Done, Drawn, Grade, Hello, Refused, Verdict, decode, encode
from grader.worker.frames import Channel
from grader.worker.wire import WireError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.engine import Event
    from grader.model import Course, Graded, GradeOptions, GradeRequest


LAST_ATTEMPT = 3
# A process that is dying may still take a line, and never answer. So much later it has gone.
MOMENT_S = 0.1


class Cancelled(Exception):  # noqa: N818 - reads as what it is
    """The grading was cancelled by whoever asked for it."""


class Grading:
    """One request under way: iterate it in one thread, cancel it from any.

    `open_line` opens a line to a warm process; it is called again, twice at most, where the process
    died before it said anything about the request. `on_hello` may refuse a process by raising.
    """

    def __init__(
        self,
        open_line: Callable[[], socket.socket],
        asked: Grade,
        on_hello: Callable[[Hello], None] = lambda _: None,
    ) -> None:
        self._open_line = open_line
        self._asked = asked
        self._on_hello = on_hello
        self._lock = threading.Lock()
        self._line: socket.socket | None = open_line()
        self._cancelled = False

    def __iter__(self) -> Iterator[Event]:
        """Yield each check as it ends, then the verdict, then the plot if there is one.

        Raises:
            Cancelled: `cancel` was called.
            GraderError: the file cannot be graded, or the warm process died on it.
        """
        try:
            for attempt in range(1, LAST_ATTEMPT + 1):
                told = False
                try:
                    for event in self._events():
                        told = True
                        yield event
                except WorkerFault:
                    # A judge that has outlived its process by a moment finds nobody to start its workers.
                    if told or attempt == LAST_ATTEMPT or self._cancelled:
                        raise
                    self._reopen(attempt)
                except (OSError, EOFError, WireError, msgspec.DecodeError) as error:
                    if self._cancelled:
                        raise Cancelled from None
                    if told or attempt == LAST_ATTEMPT:
                        raise WorkerFault("fault.warm_gone", error=_reason(error)) from None
                    self._reopen(attempt)
                else:
                    return
        finally:
            self._close()

    def cancel(self) -> None:
        """End the judge and its workers; returns at once."""
        with self._lock:
            self._cancelled = True
            if self._line is not None:
                with suppress(OSError):
                    self._line.shutdown(socket.SHUT_RDWR)

    def _events(self) -> Iterator[Event]:
        channel = _channel(self._line)
        while True:
            match decode(channel.receive()):
                case Hello() as hello:
                    self._on_hello(hello)
                    channel.send(encode(self._asked))
                case Checked(result):
                    yield result
                case Verdict(graded):
                    yield graded
                case Drawn(plot):
                    yield plot
                case Refused() as no:
                    raise no.error()
                case Done():
                    return
                case _:
                    raise EOFError

    def _reopen(self, attempt: int) -> None:
        if attempt > 1:
            time.sleep(MOMENT_S)
        line = self._open_line()
        with self._lock:
            if self._line is not None:
                self._line.close()
            self._line = line
            if self._cancelled:
                raise Cancelled

    def _close(self) -> None:
        with self._lock:
            if self._line is not None:
                self._line.close()
                self._line = None


class StandingJudge:
    """One judge for many requests, which spares each the start of a new one; used by one thread at a time."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._channel = _channel(line)
        self._greeted = False

    def grade(self, request: GradeRequest, *, options: GradeOptions) -> Graded:
        """Return the verdict on one file.

        Raises:
            GraderError: the file cannot be graded.
            WorkerFault: the judge has gone; another must be hired.
        """
        try:
            return self._ask(Grade(request, options, plot=False))
        except (OSError, EOFError, WireError, msgspec.DecodeError) as error:
            raise WorkerFault("fault.warm_gone", error=_reason(error)) from None

    def dismiss(self) -> None:
        """End the judge and its workers, from any thread; returns at once."""
        with suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End the judge and its workers."""
        self.dismiss()
        self._line.close()

    def _ask(self, asked: Grade) -> Graded:
        if not self._greeted:
            decode(self._channel.receive())
            self._greeted = True
        self._channel.send(encode(asked))
        graded: Graded | None = None
        while True:
            match decode(self._channel.receive()):
                case Verdict(graded):
                    pass
                case Refused() as no:
                    raise no.error()
                case Done() if graded is not None:
                    return graded
                case Checked():
                    pass
                case _:
                    raise EOFError


class WarmProcess:
    """A preloaded process of one owner, gone when its owner closes it, exits or is killed.

    Raises:
        WorkerFault: it cannot be started.
    """

    def __init__(self, course: Course) -> None:
        if not hasattr(socket, "send_fds"):
            raise WorkerFault("fault.no_warm")
        self._course = course
        self._lock = threading.Lock()
        self._closed = False
        self._start()

    @property
    def ready(self) -> bool:
        """Say whether torch is there."""
        with self._lock, suppress(OSError):
            return bool(self._control.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        return False

    def grade(self, request: GradeRequest, *, options: GradeOptions, plot: bool = False) -> Grading:
        """Start a grading; returns at once. Where the process has died, another is started."""
        return Grading(self._open_line, Grade(request, options, plot))

    def hire(self) -> StandingJudge:
        """Return a judge that grades one file after another.

        Raises:
            WorkerFault: the process is closed, or none can be started.
        """
        return StandingJudge(self._open_line())

    def close(self) -> None:
        """End the process and all that it started, and wait until it has gone."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._control.close()
        _end(self._process)

    def _open_line(self) -> socket.socket:
        near, far = socket.socketpair()
        with far, self._lock:
            if self._closed:
                near.close()
                raise WorkerFault("fault.warm_gone", error="closed")
            for _ in range(2):
                try:
                    if self._process.poll() is None:
                        socket.send_fds(self._control, [b"!"], [far.fileno()])
                        return near
                except OSError:
                    pass
                self._control.close()
                _end(self._process)
                self._start()
        near.close()
        raise WorkerFault("fault.warm_gone", error=f"exit {self._process.returncode}")

    def _start(self) -> None:
        self._control, theirs = socket.socketpair()
        with theirs:
            command = command_of(self._course, "--control", str(theirs.fileno()))
            nothing = subprocess.DEVNULL
            try:
                self._process = subprocess.Popen(
                    command, pass_fds=(theirs.fileno(),), stdin=nothing, stdout=nothing, stderr=nothing
                )
            except OSError as error:
                self._control.close()
                raise WorkerFault("fault.cannot_spawn", error=str(error)) from None


def command_of(course: Course, *options: str) -> list[str]:
    """Return the command that is a warm process for `course`."""
    # -P: a learner's folder must not be where modules are looked for.
    return [sys.executable, "-P", "-m", "grader.warm", "--stamp", stamp(course), *options, *wanted(course)]


def _end(process: subprocess.Popen[bytes], patience_s: float = 2.0) -> None:
    """Wait for a process that has lost its owner; one that does not notice is killed."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(0.2)
        return
    process.terminate()
    try:
        process.wait(patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _channel(line: socket.socket | None) -> Channel:
    if line is None:
        raise EOFError
    return Channel(line.fileno(), line.fileno(), limit_bytes=FRAME_BYTES)


def _reason(error: Exception) -> str:
    return str(error) or "no answer"
