"""The PID namespace of a nursery's workers."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.worker.namespaces import PidNamespace, has_pid_namespaces

pytestmark = pytest.mark.skipif(not has_pid_namespaces(), reason="the kernel gives no PID namespace here")

# Starts a child that leaves session and parent, then closes the namespace or waits to be killed.
PARENT = """
import os, sys, time
from grader.worker.namespaces import PidNamespace
namespace = PidNamespace()
pid = os.fork()
if pid == 0:
    os.closerange(3, 64)
    os.setsid()
    if os.fork():
        os._exit(0)
    while os.getppid() != 1:
        time.sleep(0.01)
    print("inside", os.getpid(), os.getppid(), flush=True)
    time.sleep(60)
os.waitpid(pid, 0)
sys.stdin.read(1)
if sys.argv[1] == "close":
    namespace.close()
    print("closed", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("end", ["close", "kill"])
def test_nothing_outlives_it(end: str) -> None:
    """Whether its maker closes it or is killed, a child that has left session and parent goes too."""
    # What the grandchild prints to comes to an end when nobody is left who could write there.
    command = [sys.executable, "-c", PARENT, end]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        # In there it is not what it is outside, and its parent is the first process.
        inside, number, its_parent = parent.stdout.readline().split()
        assert (inside, int(its_parent)) == ("inside", 1)
        assert int(number) < parent.pid
        parent.stdin.write("!")
        parent.stdin.flush()
        if end == "close":
            assert parent.stdout.readline() == "closed\n"
        began_s = time.monotonic()
        parent.kill()
        parent.stdout.read()
        assert time.monotonic() - began_s < 30


def test_a_namespace_that_is_refused() -> None:
    """Where the kernel refuses, there is none, nothing is started, and children are as ever."""
    namespace = PidNamespace(lambda: False)
    assert not namespace
    pid = os.fork()
    if pid == 0:
        os._exit(len(Path(f"/proc/{os.getpid()}/stat").read_text(encoding="utf-8")) == 0)
    assert os.waitpid(pid, 0) == (pid, 0)
    namespace.close()
