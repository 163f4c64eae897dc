"""Code that leaves, dies or takes its process down passes nothing."""

# ruff: noqa: E501 - files under test are written in long lines

from __future__ import annotations

import pytest

from grader.model import Limits, Status
from tests.hostile.verdicts import Verdict, caught

RIGHT = "\ndef double(x):\n    return 2 * x\n"


def in_call(line: str) -> str:
    """Return a file whose function runs `line`, then answers rightly."""
    return f"import atexit, ctypes, os, signal, sys, threading\n\ndef double(x):\n    {line}\n    return 2 * x\n"


@pytest.mark.parametrize("line", ["raise SystemExit(0)", "import sys; sys.exit()", "exit(0)", "quit()"])
def test_leaving_at_import(verdict: Verdict, line: str) -> None:
    """An exit while the file loads is no pass, whatever its code."""
    source = "from builtins import *\n" if "exit(0)" in line else ""
    caught(verdict(f"{source}import site; site.setquit()\n{line}{RIGHT}"), Status.CRASHED, "left the program")


@pytest.mark.parametrize("line", ["raise SystemExit(0)", "sys.exit(0)"])
def test_leaving_in_the_call(verdict: Verdict, line: str) -> None:
    """An exit in the function is no pass."""
    caught(verdict(in_call(line)), Status.CRASHED, "left the program", "SystemExit")


def test_ending_the_process_at_import(verdict: Verdict) -> None:
    """os._exit(0) at import is no pass."""
    caught(verdict(f"import os\nos._exit(0){RIGHT}"), Status.CRASHED, "ended the whole process (exit code 0)")


def test_ending_the_process_in_the_call(verdict: Verdict) -> None:
    """os._exit in the call is no pass, and its code is reported."""
    caught(verdict(in_call("os._exit(3)")), Status.CRASHED, "ended the whole process (exit code 3)")


def test_atexit(verdict: Verdict) -> None:
    """What runs at exit cannot turn a wrong answer into a right one."""
    source = "import atexit, os\natexit.register(os._exit, 0)\ndef double(x):\n    return 3 * x\n"
    caught(verdict(source), Status.FAILED)


def test_leaving_from_atexit_and_threads(verdict: Verdict) -> None:
    """An exit that another thread makes while the answer is due is no pass."""
    caught(verdict(in_call("t = threading.Thread(target=os._exit, args=(0,)); t.start(); t.join()")), Status.CRASHED)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("ctypes.string_at(0)", "SIGSEGV"),
        ("os.abort()", "SIGABRT"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
        ("signal.raise_signal(signal.SIGTERM)", "SIGTERM"),
        ("os.kill(os.getpid(), signal.SIGXCPU)", "SIGXCPU"),
    ],
)
def test_dying_of_a_signal(verdict: Verdict, line: str, word: str) -> None:
    """A process that dies is reported with the signal's name."""
    caught(verdict(in_call(line)), Status.CRASHED, word)


def test_standing_still(verdict: Verdict) -> None:
    """A process that stops itself runs into the wall clock."""
    limits = Limits(wall_s=0.7)
    caught(
        verdict(in_call("os.kill(os.getpid(), signal.SIGSTOP)"), limits=limits), Status.TIMEOUT, "Time limit", "0.7 s"
    )


def test_the_main_thread_alone_leaves(verdict: Verdict) -> None:
    """A process whose main thread is gone while another lives on runs into the wall clock."""
    source = (
        "import ctypes, threading, time\n"
        "threading.Thread(target=time.sleep, args=(60,)).start()\n"
        "def double(x):\n    ctypes.CDLL(None).syscall(60, 0)\n"
    )
    caught(verdict(source, limits=Limits(wall_s=0.7)), Status.TIMEOUT, "Time limit")


@pytest.mark.parametrize(
    "line",
    [
        "[os.close(fd) for fd in range(4)]",
        "os.closerange(0, 1000)",
        "os.dup2(0, 3)",
        "os.dup2(1, 3)",
        "os.set_blocking(3, False); os.close(0)",
    ],
)
def test_closing_the_channel(verdict: Verdict, line: str) -> None:
    """Whoever closes or replaces the descriptors can answer nothing any more, or only the truth."""
    report = verdict(in_call(line))
    if "set_blocking" in line:
        assert report.status in (Status.PASSED, Status.CRASHED)
    else:
        caught(report, Status.CRASHED)


def test_closing_the_learners_own_streams(verdict: Verdict) -> None:
    """The descriptors of stdin, stdout and stderr are the learner's: closing them harms no answer."""
    assert verdict(in_call("os.closerange(0, 3)")).passed


def test_endless_recursion(verdict: Verdict) -> None:
    """A recursion without end is an error of the learner's code."""
    caught(verdict("def double(x):\n    return double(x)\n"), Status.ERROR, "RecursionError")


def test_stack_overflow_in_c(verdict: Verdict) -> None:
    """A stack that overflows below Python kills the process, and that is reported."""
    source = "import sys\nsys.setrecursionlimit(10**9)\nclass A:\n    def __getattr__(self, n):\n        return getattr(self, n)\ndef double(x):\n    return A().x\n"
    report = verdict(source)
    assert report.status in (Status.CRASHED, Status.ERROR)
    assert not report.passed
