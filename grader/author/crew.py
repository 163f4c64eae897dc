"""Forked processes that share the pieces of a verification, and leave with the one that asked."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
from collections import deque
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Self

import msgspec

from grader.author.proofs import Piece, Verification

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.context import ForkProcess
    from types import TracebackType

PR_SET_PDEATHSIG = 1
_FAREWELL_S = 1.0


class Lost(msgspec.Struct, frozen=True):
    """What became of a piece whose process died over it."""

    exit_code: int | None


@dataclass(frozen=True)
class _Member:
    """A process, and the line to it."""

    process: ForkProcess
    line: Connection


class Crew:
    """A number of processes; a context, on leaving which they are gone."""

    def __init__(self, work: Callable[[Piece], Verification], size: int) -> None:
        self._work = work
        self._size = size
        self._members: list[_Member] = []

    def __enter__(self) -> Self:
        self._members = []
        for _ in range(self._size):
            self._hire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for member in self._members:
            member.process.terminate()
        for member in self._members:
            self._bury(member)

    def results(self, pieces: Sequence[Piece]) -> Iterator[tuple[int, Verification | Lost]]:
        """Yield the number of each piece with what was found, as they are done; they are begun in order."""
        waiting = deque(enumerate(pieces))
        doing: dict[Connection, tuple[_Member, int]] = {}
        for member in self._members:
            _begin_next(member, waiting, doing)
        while doing:
            ready = wait(list(doing))
            for line in [each for each in doing if each in ready]:
                member, number = doing.pop(line)
                result = self._result(member)
                if isinstance(result, Lost):
                    member = self._replaced(member)
                _begin_next(member, waiting, doing)
                yield number, result

    def _result(self, member: _Member) -> Verification | Lost:
        try:
            return msgspec.msgpack.decode(member.line.recv_bytes(), type=Verification)
        except (EOFError, OSError):
            member.process.join(_FAREWELL_S)
            return Lost(member.process.exitcode)

    def _hire(self) -> _Member:
        mine, theirs = multiprocessing.Pipe()
        others = [each.line for each in self._members]
        fork = multiprocessing.get_context("fork")
        process = fork.Process(target=_serve, args=(self._work, theirs, [mine, *others]), daemon=True)
        process.start()
        theirs.close()
        member = _Member(process, mine)
        self._members.append(member)
        return member

    def _replaced(self, member: _Member) -> _Member:
        self._members.remove(member)
        self._bury(member)
        return self._hire()

    def _bury(self, member: _Member) -> None:
        member.line.close()
        member.process.join(_FAREWELL_S)
        if member.process.is_alive():
            member.process.kill()
            member.process.join()
        member.process.close()


def _begin_next(
    member: _Member, waiting: deque[tuple[int, Piece]], doing: dict[Connection, tuple[_Member, int]]
) -> None:
    if waiting:
        number, piece = waiting.popleft()
        member.line.send_bytes(msgspec.msgpack.encode(piece))
        doing[member.line] = (member, number)


def _serve(work: Callable[[Piece], Verification], line: Connection, others: Sequence[Connection]) -> None:
    """Live as a member of the crew: do piece after piece until the line is cut."""
    # Ctrl-C reaches the whole group; the one who asked ends the crew.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    for other in others:
        other.close()
    # What course files print is no part of a report; what Python says of a crash is.
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.close(nothing)
    while True:
        try:
            piece = msgspec.msgpack.decode(line.recv_bytes(), type=Piece)
        except (EOFError, OSError):
            return
        line.send_bytes(msgspec.msgpack.encode(work(piece)))
