"""The filter for system calls: compiled once, good for whichever process loads it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from grader.worker.calls import ITSELF, calls, has_seccomp

pytestmark = pytest.mark.skipif(not has_seccomp(), reason="there is no seccomp here")

# Two forks load the same filter; each may signal itself alone.
SIGNALS = """
import ctypes, os, signal
from grader.worker.calls import calls

made, libc = calls(device=False), ctypes.CDLL(None)
libc.prctl(38, 1, 0, 0, 0)
for _ in range(2):
    pid = os.fork()
    if pid == 0:
        loaded = made.load(libc)
        os.kill(os.getpid(), 0)
        signal.raise_signal(signal.SIGCONT)
        refused = 0
        for other in (os.getppid(), 0, -1, ITSELF):
            try:
                os.kill(other, 0)
            except PermissionError:
                refused += 1
        os._exit(100 + refused if loaded == 0 else 1)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
""".replace("ITSELF", str(ITSELF))


def test_each_process_may_signal_itself_alone() -> None:
    """The number that stands in the compiled filter is that of the process that loads it, in each of them."""
    done = subprocess.run([sys.executable, "-c", SIGNALS], capture_output=True, text=True, check=False, timeout=120)
    assert (done.stdout, done.stderr) == ("104\n104\n", "")


def test_it_is_compiled_once() -> None:
    """Asked for again, it is the same; for a GPU it is another."""
    assert calls(device=False) is calls(device=False)
    assert calls(device=True) is not calls(device=False)
