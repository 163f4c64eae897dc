"""Start workers by fork, from a process that has torch and nothing worth stealing.

The nursery is forked before any check, solution or expected value is in memory, so
no worker inherits one. It alone starts workers, keeps their limits and buries them.
"""

from __future__ import annotations

import ctypes
import gc
import os
import select
import signal
import socket
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Self

import msgspec

from grader.errors import WorkerFault
from grader.worker.confine import Confinement, build_ruleset, learner_files, python_paths
from grader.worker.frames import Channel, frame
from grader.worker.inside import Stage, live, warm_up, wipe_environment
from grader.worker.limits import CPU, OUTPUT, WALL, Watch, cpu_seconds
from grader.worker.namespaces import PidNamespace
from grader.worker.pages import gather
from grader.worker.place import STOPPED, Ending, Place
from grader.worker.preload import preload
from grader.worker.scratch import remove_tree

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType


TICK_S = 0.02
CONTROL_BYTES = 64 << 20
NEARLY = 0.75
# A nursery that starts so many workers starts many more. What it has written since it was forked has
# taken its huge pages apart; gathered again, once, every later fork is cheaper.
GATHER_AFTER = 32
PR_SET_PDEATHSIG = 1


class Order(msgspec.Struct, frozen=True):
    """What the judge asks of the nursery: "start" (a descriptor follows), "begin" or "stop"."""

    verb: str
    worker: int
    place: Place | None = None


class Notice(msgspec.Struct, frozen=True):
    """What the nursery tells the judge: how a worker ended."""

    worker: int
    ending: Ending


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
            except (EOFError, OSError) as error:
                raise WorkerFault("fault.nursery_gone", error=str(error)) from None
            self._endings[notice.worker] = notice.ending
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


def keep(far: socket.socket, modules: Sequence[str] = ()) -> NoReturn:
    """Be the nursery process for the judge at the other end of `far`, until it closes that."""
    try:
        preload(modules)
        _Keeper(far).tend()
    finally:
        os._exit(0)


class _Child:
    """A live worker, as the nursery keeps it."""

    def __init__(self, pid: int, pipe: int, scratch: Path, place: Place) -> None:
        self.pid = pid
        self.pipe = pipe
        self.scratch = scratch
        self.limits = place.limits
        self.watch = Watch(pid, scratch, place.limits)
        self.deadline_s = float("inf")
        self.output = bytearray()
        self.reason = ""

    def kill(self, reason: str) -> None:
        """Kill the worker, unless it has ended by itself; the first reason given is the one reported."""
        if os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
            return
        self.reason = self.reason or reason
        os.kill(self.pid, signal.SIGKILL)


class _Ground:
    """What all workers of one submission share: the Landlock rules and a scratch folder."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.scratch = Path(tempfile.mkdtemp(prefix="gradlings-")).resolve()
        hidden = [Path(path) for path in place.hidden]
        self.siblings = learner_files(Path(place.folder), hidden) if place.folder else ()
        trees, listed = python_paths(hidden)
        device = place.device != "cpu"
        ruleset = build_ruleset(trees=trees, listed=listed, files=self.siblings, scratch=self.scratch, device=device)
        self.confinement = Confinement(ruleset, device=device)


class _Keeper:
    """The nursery process."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._channel = Channel(control.fileno(), control.fileno(), limit_bytes=CONTROL_BYTES)
        self._children: dict[int, _Child] = {}
        self._ground: _Ground | None = None
        self._stage = Stage()
        self._started = 0
        self._outbox = bytearray()
        self._removers: set[int] = set()

    def tend(self) -> None:
        """Follow orders until the judge closes its end."""
        # The judge's end, however it comes, closes the line to it; then this process
        # removes the folders that it made, and no signal to their group may stop it.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        wipe_environment()
        sys.argv[:] = [""]
        gc.freeze()
        namespace = PidNamespace()
        try:
            while self._turn():
                pass
        finally:
            for child in self._children.values():
                child.kill(STOPPED)
                os.waitpid(child.pid, 0)
            self._leave_ground()
            for pid in self._removers:
                os.waitpid(pid, 0)
            namespace.close()

    def _turn(self) -> bool:
        poll = select.poll()
        poll.register(self._control, select.POLLIN | (select.POLLOUT if self._outbox else 0))
        pipes = {child.pipe: number for number, child in self._children.items() if child.pipe >= 0}
        for pipe in pipes:
            poll.register(pipe, select.POLLIN)
        for fd, event in poll.poll(TICK_S * 1000 if self._children else None):
            if fd == self._control.fileno():
                try:
                    if event & ~select.POLLOUT:
                        self._follow(msgspec.msgpack.decode(self._channel.receive(), type=Order))
                    self._post()
                except (EOFError, OSError):
                    return False
            else:
                self._drain(self._children[pipes[fd]])
        for number, child in list(self._children.items()):
            self._look_after(number, child)
        self._removers -= {pid for pid in self._removers if os.waitpid(pid, os.WNOHANG)[0]}
        return True

    def _follow(self, order: Order) -> None:
        if order.verb == "start" and order.place is not None:
            _, fds, _, _ = socket.recv_fds(self._control, 1, 1)
            self._start(order.worker, order.place, fds[0])
        elif order.worker in self._children:
            child = self._children[order.worker]
            if order.verb == "begin":
                child.deadline_s = time.monotonic() + child.limits.wall_s
            else:
                child.kill(STOPPED)

    def _start(self, number: int, place: Place, end: int) -> None:
        if self._ground is None or self._ground.place != place:
            self._bury_all()
            self._leave_ground()
            self._ground = _Ground(place)
        self._started += 1
        if self._started == GATHER_AFTER:
            gather()
        ground = self._ground
        scratch = ground.scratch / str(number)
        scratch.mkdir(mode=0o700)
        read_end, write_end = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                _enter(end, write_end)
                channel = Channel(3, 3, limit_bytes=place.limits.reply_bytes)
                live(
                    channel,
                    place,
                    stage=self._stage,
                    confinement=ground.confinement,
                    siblings=ground.siblings,
                    scratch=scratch,
                )
            except BaseException as error:  # noqa: BLE001 - whatever it is, the worker must not live on as a nursery
                os.write(2, f"worker: {type(error).__name__}: {error}\n".encode())
            finally:
                os._exit(0)
        os.close(end)
        os.close(write_end)
        os.set_blocking(read_end, False)
        self._children[number] = _Child(pid, read_end, scratch, place)

    def _bury_all(self) -> None:
        """End the workers of one submission before those of the next are started."""
        for number, child in list(self._children.items()):
            child.kill(STOPPED)
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
            self._look_after(number, child)

    def _drain(self, child: _Child) -> None:
        while child.pipe >= 0:
            try:
                part = os.read(child.pipe, 1 << 16)
            except BlockingIOError:
                return
            if not part:
                os.close(child.pipe)
                child.pipe = -1
            elif len(child.output) + len(part) > child.limits.output_bytes:
                child.output += part[: child.limits.output_bytes - len(child.output)]
                child.kill(OUTPUT)
                os.close(child.pipe)
                child.pipe = -1
            else:
                child.output += part

    def _look_after(self, number: int, child: _Child) -> None:
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        if pid == 0:
            if time.monotonic() > child.deadline_s:
                child.kill(WALL)
            else:
                broken = child.watch.broken_limit()
                if broken:
                    child.kill(broken)
            return
        self._drain(child)
        if child.pipe >= 0:
            os.close(child.pipe)
        del self._children[number]
        self._remove(child.scratch)
        by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        # The first signal can be ignored; the kernel's second cannot, but names no limit.
        # It counts by ticks, which on a busy machine run ahead of the time that was spent.
        spent = usage.ru_utime + usage.ru_stime > NEARLY * cpu_seconds(child.limits)
        reason = child.reason or (CPU if spent and by in (signal.SIGXCPU, signal.SIGKILL) else "")
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0
        notice = Notice(number, Ending(reason, code, by, bytes(child.output)))
        self._outbox += frame(msgspec.msgpack.encode(notice))

    def _post(self) -> None:
        """Send what fits of the notices: the judge may not listen for a while, and workers must be kept meanwhile."""
        while self._outbox:
            try:
                sent = self._control.send(self._outbox, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            del self._outbox[:sent]

    def _leave_ground(self) -> None:
        if self._ground is not None:
            self._ground.confinement.close()
            self._remove(self._ground.scratch)
            self._ground = None

    def _remove(self, folder: Path) -> None:
        """Remove a folder; one that was filled in a process of its own, since that may take long."""
        try:
            folder.rmdir()
        except OSError:
            pid = os.fork()
            if pid:
                self._removers.add(pid)
                return
            try:
                remove_tree(folder)
            finally:
                os._exit(0)


def _enter(end: int, pipe: int) -> None:
    """Leave the nursery: an own session, the learner's streams on 0 to 2, the channel on 3."""
    os.setsid()
    _die_with_parent()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(pipe, 1)
    os.dup2(pipe, 2)
    if end != 3:  # noqa: PLR2004 - the first descriptor after the standard streams
        os.dup2(end, 3)


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
