"""Every limit bites, is reported by name, and costs nobody else anything."""

# ruff: noqa: E501 - files under test are written in long lines

from __future__ import annotations

import pytest

from grader.model import Limits, Status
from tests.hostile.verdicts import Verdict, caught, said

WALL = Limits(wall_s=0.6)


def in_call(lines: str) -> str:
    """Return a file whose function runs `lines`, then answers rightly."""
    body = "".join(f"    {line}\n" for line in lines.splitlines())
    return f"import ctypes, mmap, os, re, resource, signal, sys, threading, time, torch\n\ndef double(x):\n{body}    return 2 * x\n"


@pytest.mark.parametrize(
    "source",
    [
        "while True:\n    pass\n",
        "def double(x):\n    while True:\n        pass\n",
        "class A:\n    def __del__(self):\n        while True:\n            pass\ndef double(x):\n    A()\n    return 2 * x\n",
        "def double(x):\n    while True:\n        try:\n            while True:\n                pass\n        except BaseException:\n            pass\n",
        "def double(x):\n    return 10 ** 10 ** 8\n",
        "import re\ndef double(x):\n    return re.match('(a+)+b', 'a' * 64)\n",
        "import time\ndef double(x):\n    time.sleep(3600)\n",
        "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))\ndef double(x):\n    signal.pause()\n",
        "import threading\ndef double(x):\n    threading.Lock().acquire() and (l := threading.Lock()).acquire() and l.acquire()\n",
        "import os\ndef double(x):\n    os.read(3, 1)\n    os.read(3, 1 << 20)\n",
        "class A(tuple):\n    pass\nimport itertools\ndef double(x):\n    return sum(itertools.repeat(0))\n",
    ],
)
def test_what_never_ends(verdict: Verdict, source: str) -> None:
    """Loops in Python, in C and in destructors, sleeps and waits end with the wall clock."""
    caught(verdict(source, limits=WALL), Status.TIMEOUT, "Time limit", "0.6 s")


def test_an_endless_iterator(verdict: Verdict) -> None:
    """Something endless where a tensor is due fails at once."""
    caught(verdict("import itertools\ndef double(x):\n    return itertools.repeat(x)\n"), Status.FAILED, "repeat")


@pytest.mark.parametrize("ignored", ["", "signal.signal(signal.SIGXCPU, signal.SIG_IGN)\n"])
def test_cpu_time(verdict: Verdict, ignored: str) -> None:
    """CPU time has a limit of its own, whether or not its signal is ignored."""
    report = verdict(in_call(f"{ignored}while True:\n    pass"), limits=Limits(wall_s=20, cpu_s=1))
    caught(report, Status.TIMEOUT, "CPU limit", "1 s")


def test_limits_cannot_be_raised(verdict: Verdict) -> None:
    """No limit can be set from within, up or down."""
    source = """
import resource, ctypes
for name in dir(resource):
    if name.startswith("RLIMIT_"):
        which = getattr(resource, name)
        try:
            resource.setrlimit(which, (0, 0))
        except (OSError, ValueError):
            pass
        else:
            print(name)
def double(x):
    return 2 * x
"""
    report = verdict(source)
    assert report.passed
    assert said(report) == ""


@pytest.mark.parametrize(
    "line",
    [
        "bytes(4 << 30)",
        "list(range(10**12))",
        "torch.zeros(1 << 32)",
        "mmap.mmap(-1, 4 << 30)",
        "[bytearray(1 << 20) for _ in range(10**6)]",
        "'x' * (1 << 36)",
    ],
)
def test_memory(verdict: Verdict, line: str) -> None:
    """Memory runs out at the limit, in Python, torch and mmap."""
    report = verdict(in_call(f"y = {line}"), limits=Limits(wall_s=5, memory_bytes=256 << 20))
    assert not report.passed
    assert report.status in (Status.CRASHED, Status.ERROR)
    assert "memory" in report.checks[0].message


def test_the_right_answer_after_exhaustion(verdict: Verdict) -> None:
    """Who catches a MemoryError may go on: the limit held."""
    lines = "try:\n    bytes(4 << 30)\nexcept MemoryError:\n    pass"
    assert verdict(in_call(lines), limits=Limits(memory_bytes=256 << 20)).passed


def test_threads(verdict: Verdict) -> None:
    """A bomb of threads is killed by the number of threads."""
    lines = "while True:\n    try:\n        threading.Thread(target=time.sleep, args=(60,)).start()\n    except RuntimeError:\n        time.sleep(0.01)"
    caught(verdict(in_call(lines)), Status.CRASHED, "Thread limit", "32 threads")


DISK_BOMBS = [
    "for n in range(100):\n    open(str(n), 'wb').write(bytes(4 << 20))",
    "f = open('one', 'wb')\nwhile True:\n    f.write(bytes(1 << 20))",
    "files = []\nfor n in range(20):\n    f = open('x', 'wb')\n    os.unlink('x')\n    files.append(f)\n    f.write(bytes(8 << 20))\n    f.flush()\ntime.sleep(9)",
    "maps = []\nfor n in range(20):\n    f = open('x', 'w+b')\n    f.write(bytes(8 << 20))\n    f.flush()\n    maps.append(mmap.mmap(f.fileno(), 4096))\n    os.unlink('x')\n    f.close()\ntime.sleep(9)",
    "for n in range(30):\n    os.mkdir('d' * 200)\n    os.chdir('d' * 200)\nopen('x', 'wb').write(bytes(60 << 20))\nopen('y', 'wb').write(bytes(60 << 20))\ntime.sleep(9)",
    "for n in range(10**6):\n    open(str(n), 'wb').close()",
    "os.posix_fallocate(os.open('x', os.O_CREAT | os.O_RDWR), 0, 64 << 20)\nos.posix_fallocate(os.open('y', os.O_CREAT | os.O_RDWR), 0, 64 << 20)\ntime.sleep(9)",
]


@pytest.mark.parametrize("lines", DISK_BOMBS, ids=["many", "one", "unlinked", "mapped", "deep", "empty", "fallocate"])
def test_disk(verdict: Verdict, lines: str) -> None:
    """Many files, a large one, deleted, mapped, deeply hidden and empty ones: the space ends."""
    report = verdict(in_call(lines), limits=Limits(disk_bytes=32 << 20))
    assert not report.passed
    if report.status is Status.ERROR:
        # One file alone meets the kernel's own limit.
        caught(report, Status.ERROR, "File too large")
    else:
        caught(report, Status.CRASHED, "Disk limit", "32 MiB")


def test_open_files(verdict: Verdict) -> None:
    """Descriptors run out at the limit."""
    lines = "fds = []\nwhile True:\n    fds += os.pipe()"
    caught(verdict(in_call(lines)), Status.ERROR, "Too many open files")


@pytest.mark.parametrize("lines", ["while True:\n    print('x' * 1000)", "while True:\n    os.write(2, bytes(65536))"])
def test_output(verdict: Verdict, lines: str) -> None:
    """Output has an end."""
    report = verdict(in_call(lines))
    caught(report, Status.CRASHED, "Output limit", "1024 KiB")
    assert len(said(report)) < 5000


def test_much_output_in_every_check(verdict: Verdict) -> None:
    """Nearly the whole limit of output in each check, right answers: nothing waits for anything."""
    assert verdict("print('x' * 900_000)\ndef double(x):\n    return 2 * x\n").passed


@pytest.mark.parametrize(
    "text", ["'\\x90' * 400_000", "'\\x1b]' * 400_000", "'\\x1b[' * 400_000", "'\\r\\n\\x9b0' * 200_000"]
)
def test_output_that_is_slow_to_clean(verdict: Verdict, text: str) -> None:
    """Control characters by the hundred thousand are cleaned in a moment."""
    report = verdict(f"print({text})\ndef double(x):\n    return 2 * x\n")
    assert report.passed
    assert report.seconds < 5
    assert not set(said(report)) & {"\x1b", "\x90", "\x9b", "\r"}
