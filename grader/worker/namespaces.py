"""A PID namespace for the workers of one nursery: however the nursery ends, the kernel ends them with it.

The nursery itself stays outside, and so knows its workers by the numbers that its /proc shows.
https://man7.org/linux/man-pages/man7/pid_namespaces.7.html
"""

from __future__ import annotations

import ctypes
import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000


def unshare() -> bool:
    """Send later children to a new PID namespace, and return whether they go: as root, else by a user namespace."""
    libc = ctypes.CDLL(None)
    uid, gid = os.geteuid(), os.getegid()
    if libc.unshare(CLONE_NEWPID) == 0:
        return True
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0:
        return False
    # Files are created and looked at as before.
    for name, line in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        try:
            Path("/proc/self", name).write_text(line, encoding="ascii")
        except OSError:
            # Unmapped, this process still has the rights of its user.
            continue
    return True


class PidNamespace:
    """Where all later children of this process live, if `enter` could; made by a process of one thread."""

    def __init__(self, enter: Callable[[], bool] = unshare) -> None:
        self._init: subprocess.Popen[bytes] | None = None
        # The first process in a namespace keeps it: when that ends, the kernel kills the others. This one waits
        # for the end of a pipe, which this process holds open. A program of its own, since a fork of this process
        # would double what later has to be copied.
        waits = shutil.which("cat", path=os.defpath)
        if waits is not None and enter():
            nothing = subprocess.DEVNULL
            self._init = subprocess.Popen([waits], stdin=subprocess.PIPE, stdout=nothing, stderr=nothing, env={})

    def __bool__(self) -> bool:
        """Tell whether there is one."""
        return self._init is not None

    def descriptors(self) -> list[int]:
        """Return what another process enters it by (setns): its user namespace, then itself; nothing without one."""
        return [os.open(f"/proc/self/ns/{name}", os.O_RDONLY) for name in ("user", "pid_for_children") if self]

    def close(self) -> None:
        """End whatever is left in it. The children of this process must be buried before."""
        if self._init is not None and self._init.stdin is not None:
            self._init.stdin.close()
            self._init.wait()


@functools.cache
def has_pid_namespaces() -> bool:
    """Tell whether workers get a PID namespace here, by trying it in a process of its own."""
    if sys.platform != "linux":
        return False
    root = str(Path(__file__).parents[2])
    command = "import sys; sys.path.append(sys.argv[1]); from grader.worker import namespaces as n; n.try_out()"
    return subprocess.run([sys.executable, "-I", "-c", command, root], capture_output=True, check=False).returncode == 0


def try_out() -> None:
    """Exit with status 0 if this process can put its children into a namespace."""
    namespace = PidNamespace()
    namespace.close()
    sys.exit(0 if namespace else 1)
