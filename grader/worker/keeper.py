"""The nursery process: has workers copied, keeps their limits and buries them."""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import msgspec

from grader.worker.confine import build_ruleset, learner_files, own_folder, python_paths
from grader.worker.frames import Channel, frame
from grader.worker.inside import wipe_environment
from grader.worker.limits import CPU, OUTPUT, WALL, Watch, cpu_seconds
from grader.worker.namespaces import PidNamespace
from grader.worker.place import CONTROL_BYTES, STOPPED, Notice, Order, Place
from grader.worker.preload import preload
from grader.worker.printed import Flow, Printed
from grader.worker.scratch import remove_tree
from grader.worker.zygote import Birth, Zygote

if TYPE_CHECKING:
    from collections.abc import Sequence

TICK_S = 0.02
NEARLY = 0.75


def keep(far: socket.socket, modules: Sequence[str] = ()) -> NoReturn:
    """Be the nursery process for the judge at the other end of `far`, until it closes that."""
    try:
        # The judge's end, however it comes, closes the line to it; then this process
        # removes the folders that it made, and no signal to their group may stop it.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        preload(modules)
        wipe_environment()
        sys.argv[:] = [""]
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
        self.look_s = time.monotonic() + TICK_S
        self.printed = Printed(place.limits.output_bytes)
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
        hidden = tuple(Path(path) for path in place.hidden)
        self.siblings = learner_files(Path(place.folder), hidden) if place.folder else ()
        trees, listed = python_paths(hidden)
        self.rules = build_ruleset(trees=trees, listed=listed, files=self.siblings, scratch=self.scratch, device=False)


class _Keeper:
    """The nursery process."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._channel = Channel(control.fileno(), control.fileno(), limit_bytes=CONTROL_BYTES)
        self._children: dict[int, _Child] = {}
        self._ground: _Ground | None = None
        self._zygote = Zygote()
        self._outbox: deque[memoryview] = deque()
        self._removers: set[int] = set()

    def tend(self) -> None:
        """Follow orders until the judge closes its end."""
        namespace = PidNamespace()
        try:
            self._zygote.enter(namespace.descriptors())
            while self._turn():
                pass
        finally:
            for child in self._children.values():
                child.kill(STOPPED)
                os.waitpid(child.pid, 0)
            self._leave_ground()
            for pid in self._removers:
                os.waitpid(pid, 0)
            self._zygote.close()
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
            elif pipes[fd] in self._children:
                # An order that was followed just now may have buried the child.
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
        ground = self._ground
        scratch = ground.scratch / str(number)
        scratch.mkdir(mode=0o700)
        read_end, write_end = os.pipe()
        own = own_folder(scratch, device=False)
        # The kernel copies the rules that hold already when it adds others: the few come first.
        rules = [each.fileno() for each in (own, ground.rules) if each is not None]
        pid = self._zygote.bear(Birth(place, str(scratch), tuple(map(str, ground.siblings))), [end, write_end, *rules])
        if own is not None:
            own.close()
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
        if child.pipe < 0:
            return
        flow = child.printed.take_from(child.pipe)
        if flow is Flow.OVER:
            child.kill(OUTPUT)
        if flow is not Flow.WAITING:
            os.close(child.pipe)
            child.pipe = -1

    def _look_after(self, number: int, child: _Child) -> None:
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        if pid == 0:
            now_s = time.monotonic()
            if now_s > child.deadline_s:
                child.kill(WALL)
            elif now_s >= child.look_s:
                child.look_s = now_s + TICK_S
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
        printed = child.printed.view()
        notice = Notice(number, reason, code, by, len(printed))
        self._outbox += (memoryview(frame(msgspec.msgpack.encode(notice))), printed)

    def _post(self) -> None:
        """Send what fits of the notices: the judge may not listen for a while, and workers must be kept meanwhile."""
        while self._outbox:
            part = self._outbox.popleft()
            try:
                part = part[self._control.send(part, socket.MSG_DONTWAIT) :]
            except BlockingIOError:
                self._outbox.appendleft(part)
                return
            if part:
                self._outbox.appendleft(part)

    def _leave_ground(self) -> None:
        if self._ground is not None:
            if self._ground.rules is not None:
                self._ground.rules.close()
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
