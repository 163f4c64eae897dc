"""Start workers by fork, from a process that has torch and nothing worth stealing.

The nursery is forked before any check, solution or expected value is in memory, so
no worker inherits one. It alone starts workers, keeps their limits and buries them.
"""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Self

import msgspec

from grader.errors import WorkerFault
from grader.worker.frames import Channel
from grader.worker.inside import warm_up
from grader.worker.keeper import keep
from grader.worker.place import CONTROL_BYTES, Ending, Notice, Order

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from grader.worker.place import Place


class Nursery:
    """The judge's side: starts forked workers through the nursery process at the other end of a socket."""

    def __init__(self, near: socket.socket, pid: int | None = None) -> None:
        self._socket = near
        self._pid = pid
        self._control = Channel(near.fileno(), near.fileno(), limit_bytes=CONTROL_BYTES)
        self._count = 0
        self._endings: dict[int, Ending] = {}

    @classmethod
    def fork(cls, modules: Sequence[str] = ()) -> Self:
        """Fork the nursery process off this one, which must hold no check and no solution yet.

        The nursery imports `modules` for its workers, while this process goes on with its own.
        """
        warm_up()
        near, far = socket.socketpair()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            near.close()
            keep(far, modules)
        far.close()
        return cls(near, pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self, place: Place) -> ForkedWorker:
        """Start one worker for `place`; it loads nothing before it is told to.

        Raises:
            WorkerFault: the nursery is gone.
        """
        self._count += 1
        mine, theirs = socket.socketpair()
        try:
            self.order(Order("start", self._count, place))
            socket.send_fds(self._socket, [b"!"], [theirs.fileno()])
        except WorkerFault:
            mine.close()
            raise
        except OSError as error:
            mine.close()
            raise WorkerFault("fault.nursery_gone", error=str(error)) from None
        finally:
            theirs.close()
        return ForkedWorker(self, self._count, mine, place)

    def order(self, order: Order) -> None:
        """Send one order.

        Raises:
            WorkerFault: the nursery is gone.
        """
        try:
            self._control.send(msgspec.msgpack.encode(order))
        except OSError as error:
            raise WorkerFault("fault.nursery_gone", error=str(error)) from None

    def ending(self, worker: int) -> Ending:
        """Wait until the worker has ended.

        Raises:
            WorkerFault: the nursery is gone.
        """
        while worker not in self._endings:
            try:
                notice = msgspec.msgpack.decode(self._control.receive(), type=Notice)
                output = self._control.read(notice.output_bytes)
            except (EOFError, OSError) as error:
                raise WorkerFault("fault.nursery_gone", error=str(error)) from None
            self._endings[notice.worker] = Ending(notice.reason, notice.exit_code, notice.signal, output)
        return self._endings.pop(worker)

    def close(self) -> None:
        """End the nursery and with it all its workers, and wait until they are gone."""
        if self._socket.fileno() < 0:
            return
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
            while self._socket.recv(1 << 16):
                pass
        self._socket.close()
        if self._pid is not None:
            os.waitpid(self._pid, 0)


class ForkedWorker:
    """One forked worker, as the judge holds it."""

    def __init__(self, nursery: Nursery, number: int, end: socket.socket, place: Place) -> None:
        self._nursery = nursery
        self._number = number
        self._end = end
        self.channel = Channel(end.fileno(), end.fileno(), limit_bytes=place.limits.reply_bytes)

    def begin(self) -> None:
        """Start the wall clock."""
        self._nursery.order(Order("begin", self._number))

    def stop(self) -> None:
        """End the worker, without waiting for it."""
        if self._end.fileno() >= 0:
            self._end.close()
            self._nursery.order(Order("stop", self._number))

    def ending(self) -> Ending:
        """Wait for the end of the worker and say how it came."""
        try:
            return self._nursery.ending(self._number)
        finally:
            self._end.close()
