"""The life of a worker process, from confinement to its last reply."""

from __future__ import annotations

import ctypes
import functools
import io
import itertools
import os
import sys
import tempfile
import types
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from grader.worker import pictures
from grader.worker.confine import Confinement
from grader.worker.limits import apply_limits
from grader.worker.rehearsal import rehearse
from grader.worker.serve import Server
from grader.worker.wire import Failure, Finish, Hello, WireError, decode_request, encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader.worker.frames import Channel
    from grader.worker.place import Place

HIGHEST_FD = 1 << 16
# After so many, Python has adapted the code, which it does by writing to it.
REHEARSALS = 16
FOLDER_VARIABLES = ("HOME", "TMPDIR", "MPLCONFIGDIR", "XDG_CACHE_HOME")
HIDDEN_MODULES = ("grader", "exercises", "solutions", "tui", "landlockpy", "pyseccomp", "gradlings_course")


class Stage:
    """What every worker of this process needs alike, made before the fork.

    A worker that makes it itself writes to thousands of pages that it shares with its parent,
    each of which the kernel then copies: most of what a fork costs. Descriptors 0 to 2, which
    the streams stand for, are given to each worker after the fork.
    """

    def __init__(self) -> None:
        self._streams = (
            io.TextIOWrapper(io.FileIO(0, "r", closefd=False), encoding="utf-8"),
            _stream(1),
            _stream(2),
        )
        self._hidden = _hidden_among(sys.modules)
        self._last = next(reversed(sys.modules))
        self._main = types.ModuleType("__main__")
        self._path = [
            entry for entry in sys.path if entry.endswith(("site-packages", "dist-packages")) or "python3" in entry
        ]

    def set(self) -> None:
        """Take the grader's own modules, and whatever else a learner need not meet, from this process."""
        sys.stdin, sys.stdout, sys.stderr = self._streams
        vars(sys).update(__stdin__=sys.stdin, __stdout__=sys.stdout, __stderr__=sys.stderr)
        newer = itertools.takewhile(self._last.__ne__, reversed(sys.modules))
        for name in (*self._hidden, *_hidden_among(newer)):
            sys.modules.pop(name, None)
        sys.modules["__main__"] = self._main
        sys.path[:] = self._path
        sys.argv[:] = [""]
        sys.dont_write_bytecode = True


@functools.cache
def stage() -> Stage:
    """Return the stage as it was at the first call."""
    return Stage()


def live(
    channel: Channel,
    place: Place,
    *,
    confinement: Confinement,
    rulesets: Sequence[int],
    siblings: Sequence[str],
    scratch: str,
) -> None:
    """Confine this process, then answer requests until the judge says goodbye.

    Descriptors 0 to 2 are the learner's; only the channel's lie above them.
    """
    _move_in(scratch)
    apply_limits(place.limits, address_space=place.device == "cpu")
    sandbox = confinement.enter(rulesets)
    close_all_but(2, channel.read_fd, channel.write_fd)
    channel.send(encode(Hello(sandbox)))
    serve(channel, Server(siblings))


def close_all_but(*kept: int) -> None:
    """Close all descriptors above the least of those kept: the nursery's line to the judge, other workers' pipes."""
    for low, high in itertools.pairwise([*sorted({*kept}), HIGHEST_FD]):
        os.closerange(low + 1, high)


def serve(channel: Channel, server: Server) -> None:
    """Answer requests until `Finish`, or until the judge closes its end."""
    while True:
        try:
            request = decode_request(channel.receive())
        except EOFError:
            return
        reply = server.handle(request)
        for stream in (sys.stdout, sys.stderr):
            _flush(stream)
        try:
            channel.send(encode(reply))
        except WireError as error:
            channel.send(encode(Failure(request.id, "wire", "WireError", str(error))))
        if isinstance(request, Finish):
            return


def _flush(stream: object) -> None:
    try:
        stream.flush()  # type: ignore[attr-defined]  # a learner may have put anything there
    except BaseException:  # noqa: BLE001 - and its flush may raise anything
        return


def settle() -> None:
    """Give this process, and its forks, the environment of learner code but for the folder."""
    os.environ.clear()
    os.environ.update(LANG="C.UTF-8", OMP_NUM_THREADS="1", MPLBACKEND="agg")
    pictures.move_in()


def _move_in(scratch: str) -> None:
    """Give the learner's code a folder of its own."""
    for name in FOLDER_VARIABLES:
        os.environ[name] = scratch
    # A process that has made a temporary file has settled on a folder for good.
    tempfile.tempdir = scratch
    os.chdir(scratch)


def _stream(fd: int) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.FileIO(fd, "w", closefd=False), encoding="utf-8", errors="backslashreplace", write_through=True
    )


def _hidden_among(names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith(HIDDEN_MODULES)]


def warm_up() -> None:
    """Make torch do once, before any fork, what it would else do first in every worker.

    The first operations read the processor's features from files that a confined worker
    cannot read. One thread only: a process that forks must not have more.
    """
    torch.set_num_threads(1)
    weight = torch.ones(2, 2, requires_grad=True)
    (torch.ones(2, 2) @ weight + torch.randn(2)).square().sum().backward()  # type: ignore[no-untyped-call]  # torch has no types for it
    Confinement(device=False)
    for _ in range(REHEARSALS):
        rehearse()
    stage()


def wipe_environment() -> None:
    """Overwrite the environment and command line in this process's memory.

    Clearing `os.environ` leaves the strings readable through `ctypes`, and they may hold
    an instructor's secrets. Linux only; elsewhere a worker starts by spawn with a clean one.
    """
    tempfile.gettempdir()  # asks the environment, and remembers
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    entries = ctypes.POINTER(ctypes.c_void_p).in_dll(libc, "environ")
    # No table at all where this was done before.
    found = (entries[n] for n in itertools.count()) if entries else ()
    for entry in itertools.takewhile(bool, found):
        ctypes.memset(entry, 0, len(ctypes.string_at(entry)))
    for value in os.environb.values():
        if len(value) > 1:  # Python shares the bytes objects of one character
            ctypes.memset(id(value) + bytes.__basicsize__ - 1, 0, len(value))
    os.environ.clear()
    libc.clearenv()
    try:
        fields = Path("/proc/self/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        arg_start, arg_end, env_start, env_end = (int(field) for field in fields[45:49])
    except (OSError, ValueError):
        return
    for start, end in ((arg_start, arg_end), (env_start, env_end)):
        if 0 < start < end:
            ctypes.memset(start, 0, end - start)
