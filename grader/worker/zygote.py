"""The zygote: the process that workers are copies of, and that does nothing but have itself copied.

Python writes to the page of every object that it looks at, to count references. What a keeper writes so
takes its huge pages apart, and every later fork and exit costs twice as much. So the keeper forks this process
off itself before it begins, and has it copied instead; the copies are children of the keeper, which buries them.
CLONE_PARENT: https://man7.org/linux/man-pages/man2/clone.2.html
"""

from __future__ import annotations

import ctypes
import errno
import gc
import itertools
import os
import platform
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import msgspec

from grader.model import Limits
from grader.worker.confine import Confinement
from grader.worker.frames import Channel
from grader.worker.inside import close_all_but, live, settle, stage
from grader.worker.pages import gather
from grader.worker.place import CONTROL_BYTES, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CLONE_PARENT = 0x00008000
CLONE_CHILD_CLEARTID = 0x00200000
CLONE_CHILD_SETTID = 0x01000000
PR_SET_PDEATHSIG = 1
PR_GET_TID_ADDRESS = 40
# Numbers of `clone` where the first two arguments are flags and stack.
CLONE = {"x86_64": 56, "aarch64": 220}
# A worker's channel and output, and two sets of rules.
MOST_DESCRIPTORS = 4
CHANNEL_FD = 3
# Who has so many copies made has many more made, and for those it pays.
GATHER_AT = 32


class Birth(msgspec.Struct, frozen=True):
    """What a worker is told before it has a judge; its descriptors follow."""

    place: Place
    scratch: str
    siblings: tuple[str, ...]


def can_copy() -> bool:
    """Tell whether this system can have a process copied for another."""
    return sys.platform == "linux" and platform.machine() in CLONE


class Zygote:
    """The keeper's side: forks the zygote, which must get all that workers need from this process as it is now."""

    def __init__(self) -> None:
        near, far = socket.socketpair()
        confinement = Confinement(device=False)
        self._pid = os.fork()
        if self._pid == 0:
            try:
                _serve(far, confinement)
            finally:
                os._exit(0)
        far.close()
        self._line = near
        self._channel = Channel(near.fileno(), near.fileno(), limit_bytes=CONTROL_BYTES)

    def enter(self, namespaces: Sequence[int]) -> None:
        """Have later workers live in the namespaces of these descriptors, which it closes.

        Raises:
            OSError: they cannot.
        """
        socket.send_fds(self._line, [b"!"], namespaces)
        for each in namespaces:
            os.close(each)
        self._result()

    def bear(self, birth: Birth, descriptors: Sequence[int]) -> int:
        """Start a worker as a child of this process, and return its number.

        `descriptors` are the channel, where it prints to, and the rules that it lives by.

        Raises:
            OSError: it cannot be started, or the zygote is gone.
        """
        self._channel.send(msgspec.msgpack.encode(birth))
        socket.send_fds(self._line, [b"!"], descriptors)
        return self._result()

    def close(self) -> None:
        """End the zygote; its copies live on."""
        self._line.close()
        os.waitpid(self._pid, 0)

    def _result(self) -> int:
        try:
            result = int.from_bytes(self._channel.read(8), "little", signed=True)
        except EOFError:
            raise ConnectionError(errno.EPIPE, os.strerror(errno.EPIPE), "zygote") from None
        if result < 0:
            raise OSError(-result, os.strerror(-result), "zygote")
        return result


def _serve(line: socket.socket, confinement: Confinement) -> None:
    """Be the zygote. Each turn of the loop, and what a copy does first, look at as little as they can."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # No signal to the keeper's group comes here, so none has to be ignored, in the copies neither.
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    fd = line.fileno()
    close_all_but(2, fd)
    channel = Channel(fd, fd, limit_bytes=CONTROL_BYTES)
    copy, begin = _copier(), _beginner(libc, confinement)
    stage().set()
    settle()
    _, namespaces, _, _ = socket.recv_fds(line, 1, MOST_DESCRIPTORS)
    _tell(fd, _join(namespaces))
    # A collection in a copy would write to every object.
    gc.freeze()
    for born in itertools.count(1):
        if born == GATHER_AT:
            gather()
        try:
            wanted = channel.receive()
        except EOFError:
            return
        _, descriptors, _, _ = socket.recv_fds(line, 1, MOST_DESCRIPTORS)
        pid = copy()
        if pid == 0:
            begin(wanted, descriptors)
        for each in descriptors:
            os.close(each)
        _tell(fd, pid)


def _tell(fd: int, result: int) -> None:
    os.write(fd, result.to_bytes(8, "little", signed=True))


def _join(namespaces: Sequence[int]) -> int:
    """Have later copies of this process live in these namespaces; return 0, or minus an error."""
    libc = ctypes.CDLL(None, use_errno=True)
    here = Path("/proc/self/ns/user").stat().st_ino
    for each in namespaces:
        # The kernel does not let a process enter the user namespace that it is in.
        if os.fstat(each).st_ino != here and libc.setns(each, 0) != 0:
            return -ctypes.get_errno()
        os.close(each)
    return 0


def _copier() -> Callable[[], int]:
    """Return a function that copies this process for its parent: 0 in the copy, else its number or minus an error.

    Not os.fork, whose hooks look at a thousand objects to set right what this process, of one thread, has not.
    The C library keeps the number of its thread where the kernel is told to write that of the copy.
    """
    libc = ctypes.PyDLL(None, use_errno=True)
    kept = ctypes.c_void_p()
    flags = CLONE_PARENT | signal.SIGCHLD
    if libc.prctl(PR_GET_TID_ADDRESS, ctypes.byref(kept)) == 0:
        flags |= CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID
    number, nothing = CLONE[platform.machine()], ctypes.c_void_p()
    # Where it is told differs between processors; the other place means nothing with these flags.
    arguments = (ctypes.c_long(number), ctypes.c_ulong(flags), nothing, nothing, kept, kept)
    syscall = libc.syscall

    def copy() -> int:
        pid = syscall(*arguments)
        return pid if pid >= 0 else -ctypes.get_errno()

    return copy


def _beginner(libc: ctypes.CDLL, confinement: Confinement) -> Callable[[bytes, Sequence[int]], NoReturn]:
    """Return what a copy does: live as a worker, in a session of its own, with its channel on 3."""
    decoder = msgspec.msgpack.Decoder(Birth)
    # Once here, or each copy would be the first to.
    decoder.decode(msgspec.msgpack.encode(Birth(Place("", (), Limits()), "", ())))
    # Takes the number that the channel will have, unless the zygote's line has it.
    nothing = os.open(os.devnull, os.O_RDWR)

    def begin(wanted: bytes, descriptors: Sequence[int]) -> NoReturn:
        try:
            os.setsid()
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            end, pipe, *rulesets = descriptors
            os.dup2(nothing, 0)
            os.dup2(pipe, 1)
            os.dup2(pipe, 2)
            os.dup2(end, CHANNEL_FD)
            birth = decoder.decode(wanted)
            live(
                Channel(CHANNEL_FD, CHANNEL_FD, limit_bytes=birth.place.limits.reply_bytes),
                birth.place,
                confinement=confinement,
                rulesets=rulesets,
                siblings=birth.siblings,
                scratch=birth.scratch,
            )
        except BaseException as error:  # noqa: BLE001 - whatever it is, the worker must not live on as a zygote
            os.write(2, f"worker: {type(error).__name__}: {error}\n".encode())
        finally:
            os._exit(0)

    return begin
