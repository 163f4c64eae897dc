"""The warm process that `grader check` leaves behind for the next one."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import socket
import struct
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from grader.errors import WorkerFault
from grader.model import Graded
from grader.warm.client import Grading, command_of
from grader.warm.home import find_home, stamp
from grader.warm.wire import FRAME_BYTES, Grade, Hello, decode
from grader.worker.frames import Channel
from grader.worker.wire import WireError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.model import Course, GradeOptions, GradeRequest
    from grader.warm.home import Home

IDLE_S = 600.0
# A process that is well says hello in milliseconds.
PATIENCE_S = 2.0
_CREDENTIALS = struct.Struct("3i")


class Running(msgspec.Struct, frozen=True):
    """A shared warm process that answers."""

    pid: int
    socket: Path


class Unavailable(Exception):  # noqa: N818 - reads as what it is
    """There is no warm process that can be used; the command grades by itself."""


class SharedProcess:
    """The warm process of this user, this Python and this course, if there is one."""

    def __init__(self, course: Course, home: Home) -> None:
        self._course = course
        self._path = home.socket(course)
        self._stamp = stamp(course)

    def grade(self, request: GradeRequest, *, options: GradeOptions) -> Graded:
        """Return the verdict on one file.

        Raises:
            Unavailable: no process runs, it was made from something else, or it died.
            GraderError: the file cannot be graded.
        """
        try:
            grading = Grading(lambda: _connect(self._path), Grade(request, options, plot=False), self._compare)
            for event in grading:
                if isinstance(event, Graded):
                    grading.cancel()
                    return event
        except (OSError, WorkerFault):
            pass
        raise Unavailable

    def start(self) -> None:
        """Start one, which outlives this command; returns at once.

        Raises:
            WorkerFault: it cannot be started.
        """
        command = command_of(self._course, "--listen", str(self._path), "--idle", str(IDLE_S))
        nothing = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in range(3)]
        try:
            # Not subprocess, which expects its processes to be waited for.
            os.posix_spawn(command[0], command, os.environ, file_actions=nothing)
        except OSError as error:
            raise WorkerFault("fault.cannot_spawn", error=str(error)) from None

    def _compare(self, hello: Hello) -> None:
        if hello.stamp != self._stamp:
            _end(hello.pid, self._path)
            raise Unavailable


class Listener:
    """Lines that are opened by connecting to a path."""

    ended = False

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX)
        path.unlink(missing_ok=True)
        self._socket.bind(str(path))
        path.chmod(0o600)
        self._socket.listen()
        self._socket.setblocking(False)

    def fileno(self) -> int:
        """Return the descriptor of the listening socket."""
        return self._socket.fileno()

    def take(self) -> socket.socket | None:
        """Return the next line, if it is this user's."""
        try:
            line, _ = self._socket.accept()
        except OSError:
            # Whoever knocked has left again.
            return None
        if _peer(line).uid == os.getuid():
            return line
        line.close()
        return None

    def close(self) -> None:
        """Take no more lines. The path stays: only whoever holds the claim may remove it."""
        self._socket.close()


@contextmanager
def claim(path: Path) -> Iterator[bool]:
    """Say whether this process may listen at `path`: one at a time may; the path is removed at the end."""
    with path.with_suffix(".lock").open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        try:
            yield True
        finally:
            path.unlink(missing_ok=True)


def running(environ: Mapping[str, str]) -> Iterator[Running]:
    """Yield the shared warm processes of this user."""
    home = find_home(environ)
    for path in home.sockets() if home else ():
        try:
            with _connect(path) as line:
                hello = decode(Channel(line.fileno(), line.fileno(), limit_bytes=FRAME_BYTES).receive())
        except (OSError, EOFError, WireError, msgspec.DecodeError):
            continue
        if isinstance(hello, Hello):
            yield Running(hello.pid, path)


def stop_all(environ: Mapping[str, str]) -> int:
    """End the shared warm processes of this user and return how many there were."""
    found = list(running(environ))
    for each in found:
        _end(each.pid, each.socket)
    return len(found)


def _connect(path: Path) -> socket.socket:
    """Return a line to the process at `path`; one that hangs is killed.

    Raises:
        OSError: no process listens there, or it hangs.
    """
    line = socket.socket(socket.AF_UNIX)
    try:
        line.settimeout(PATIENCE_S)
        line.connect(str(path))
        line.settimeout(None)
        if _peer(line).uid != os.getuid():
            raise PermissionError(path)
        if not select.select([line], [], [], PATIENCE_S)[0]:
            _kill(_peer(line).pid)
            raise TimeoutError(path)
    except OSError:
        line.close()
        raise
    return line


class _Peer(msgspec.Struct, frozen=True):
    pid: int
    uid: int


def _peer(line: socket.socket) -> _Peer:
    """Return who is at the other end; the folder's permissions say it where the system does not."""
    if sys.platform != "linux":
        return _Peer(0, os.getuid())
    pid, uid, _ = _CREDENTIALS.unpack(line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    return _Peer(pid, uid)


def _kill(pid: int) -> None:
    if pid > 0:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def _end(pid: int, path: Path) -> None:
    """Ask the process that listens at `path` to end, and wait until it has given up the path."""
    deadline_s = time.monotonic() + PATIENCE_S
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGTERM)
        while path.exists():
            if time.monotonic() > deadline_s:
                os.kill(pid, signal.SIGKILL)
                return
            time.sleep(0.005)
