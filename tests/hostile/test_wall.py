"""What reaches beyond a worker fails: processes, signals, sockets, shared memory, files of others."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from grader.model import Status
from tests.hostile.test_secrets import COURSE, GRADE, ROOT
from tests.hostile.verdicts import Verdict, caught, said

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Tries each line of a text, and prints those that do not raise or return -1.
TRY = """
import ctypes, fcntl, mmap, os, select, shutil, signal, socket, subprocess, sys, tempfile, threading, time
libc = ctypes.CDLL(None, use_errno=True)

def syscall(*args):
    if libc.syscall(*(ctypes.c_long(arg) if isinstance(arg, int) else arg for arg in args)) == -1:
        raise OSError(ctypes.get_errno(), "refused")

for line in LINES.strip().splitlines():
    try:
        exec(line)
    except Exception:
        continue
    print("worked:", line)
    sys.stdout.flush()

def double(x):
    return 2 * x
"""


def worked(verdict: Verdict, lines: str) -> str:
    """Return which lines worked in a worker that afterwards answers rightly."""
    report = verdict(f"LINES = {lines!r}\n{TRY}")
    assert report.passed, report.checks[0].message
    return said(report)


def test_no_other_process(verdict: Verdict) -> None:
    """Nothing starts a process or another program."""
    lines = """
os.fork()
os.forkpty()
os.posix_spawn("/bin/true", ["true"], {})
os.execv("/bin/true", ["true"])
subprocess.run(["true"])
subprocess.run([sys.executable, "-c", ""])
os.popen("true").read() and None or 1 / (os.system("true") == 0)
syscall(57)
syscall(58)
syscall(56, 17, 0, 0, 0, 0)
syscall(435, 0, 88)
syscall(59, b"/bin/true", 0, 0)
syscall(322, -1, b"/bin/true", 0, 0, 0)
import multiprocessing; multiprocessing.get_context("fork").Process(target=print).start()
import multiprocessing; multiprocessing.get_context("spawn").Process(target=print).start()
import concurrent.futures as f; f.ProcessPoolExecutor(1).submit(int).result()
syscall(272, 0x10000000)
syscall(272, 0x20000000)
syscall(308, 3, 0)
syscall(101, 16, os.getppid(), 0, 0)
syscall(310, os.getppid(), 0, 0, 0, 0, 0)
syscall(311, os.getppid(), 0, 0, 0, 0, 0)
syscall(434, os.getppid(), 0)
syscall(438, 3, 0, 0)
syscall(425, 8, ctypes.create_string_buffer(200))
syscall(319, b"x", 0)
syscall(321, 0, 0, 0)
syscall(323, 0)
syscall(298, 0, 0, -1, -1, 0)
syscall(248, b"user", b"x", b"y", 1, -3)
syscall(155, b"/", b"/")
syscall(161, b".")
syscall(165, b"none", b".", b"tmpfs", 0, 0)
syscall(169, 0xfee1dead, 672274793, 0)
syscall(317, 0, 0, 0)
syscall(317, 1, 0, 0)
syscall(444, 0, 0, 0)
syscall(135, 0x0040000)
syscall(105, 0)
syscall(117, 1000, 1000, 1000)
syscall(126, 0, 0)
"""
    assert worked(verdict, lines) == ""


def test_no_signal_to_others(verdict: Verdict) -> None:
    """No signal leaves the process, directly or through timers, owners of descriptors or the kernel."""
    lines = f"""
os.kill(os.getppid(), 0)
os.kill(os.getppid(), signal.SIGTERM)
os.kill({os.getpid()}, 0)
os.kill({os.getpid()}, signal.SIGKILL)
os.kill(0, 0)
os.kill(0, signal.SIGKILL)
os.kill(-1, 0)
os.kill(-1, signal.SIGKILL)
os.kill(1, 0)
os.killpg(os.getpgid(os.getppid()), signal.SIGTERM)
os.killpg(os.getpgid({os.getpid()}), signal.SIGTERM)
signal.pidfd_send_signal(os.pidfd_open(os.getppid()), 9)
syscall(234, os.getppid(), os.getppid(), 15)
syscall(200, os.getppid(), 15)
syscall(129, os.getppid(), 15, ctypes.create_string_buffer(128))
syscall(297, os.getppid(), os.getppid(), 15, ctypes.create_string_buffer(128))
fcntl.fcntl(3, fcntl.F_SETOWN, os.getppid())
fcntl.fcntl(3, 15, ctypes.create_string_buffer(8).raw)
fcntl.fcntl(3, fcntl.F_SETSIG, 9)
fcntl.fcntl(3, fcntl.F_SETLEASE, 1)
fcntl.fcntl(3, fcntl.F_NOTIFY, 1)
fcntl.ioctl(0, 0x5412, b"x")
fcntl.ioctl(3, 0x8901, b"\\0\\0\\0\\0")
libc.prctl(1, 0) and 1 / 0
libc.prctl(4, 1) and 1 / 0
libc.prctl(36, 1) and 1 / 0
libc.prctl(22, 0) and 1 / 0
os.setsid()
os.setpgid(0, os.getpgid(os.getppid()))
os.setpriority(0, os.getppid(), 19)
os.nice(-5)
os.sched_setaffinity(os.getppid(), [0])
libc.tcsetpgrp(0, os.getppid()) and 1 / 0
import resource; resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1))
"""
    assert worked(verdict, lines) == ""


def test_no_network_and_no_shared_memory(verdict: Verdict) -> None:
    """No sockets of any family, no shared memory, no queues."""
    lines = """
socket.socket()
socket.socket(socket.AF_INET6)
socket.socket(socket.AF_UNIX)
socket.socket(socket.AF_UNIX).bind("\\0abstract")
socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)
socket.socket(40)
socket.socketpair()
socket.create_connection(("127.0.0.1", 80), 0.2)
socket.fromfd(3, socket.AF_UNIX, socket.SOCK_STREAM).sendmsg([b""])
socket.socket(fileno=os.dup(3)).recvmsg(1, 100)
os.mkfifo("fifo")
os.mknod("node")
os.memfd_create("x")
from multiprocessing import shared_memory; shared_memory.SharedMemory("x", True, 10)
import multiprocessing; multiprocessing.Lock()
libc.shm_open(b"/x", 66, 0o600) == -1 and 1 / 0
syscall(29, 1, 4096, 0o1666)
syscall(64, 1, 1, 0o1666)
syscall(68, 1, 0o1666)
syscall(240, b"/q", 66, 0o600, 0)
syscall(253)
syscall(300, 0, 0)
open("/dev/shm/x", "w")
"""
    assert worked(verdict, lines) == ""


def test_files_of_others(verdict: Verdict, tmp_path: Path) -> None:
    """Files outside the scratch folder cannot be made, changed, renamed, linked or have their times and modes set."""
    victim = tmp_path / "victim.txt"
    victim.write_text("canary", encoding="utf-8")
    victim.chmod(0o640)
    before = victim.stat()
    lines = f"""
open(P, "w")
open(P, "a")
open(P, "r+")
os.truncate(P, 0)
os.unlink(P)
os.remove(P)
os.rename(P, "mine")
os.replace("mine", P)
os.link(P, "mine")
os.symlink(P, "mine")
os.symlink("/", "root")
os.chmod(P, 0o777)
os.chown(P, 0, 0)
os.utime(P, (0, 0))
os.setxattr(P, "user.x", b"x")
os.mkdir(P + ".d")
open(P + ".new", "w")
open("../new", "w")
os.mkdir("../new")
os.rename(".", "../new")
os.chmod(".", 0)
os.mknod(P + ".n")
os.open(os.path.dirname(P), os.O_TMPFILE | os.O_RDWR)
os.open(P, os.O_PATH) and open("/proc/self/fd/9", "w")
shutil.rmtree(os.path.dirname(P))
open({str(tmp_path / "submission1" / "ex01_double.py")!r}, "a")
open(sys.executable, "a")
open(os.__file__, "a")
os.chroot("/")
open("/dev/null", "wb").truncate(0)
os.mkdir("a"); os.rename("a", P + ".a")
""".replace("(P", f"({str(victim)!r}").replace(", P", f", {str(victim)!r}")
    found = worked(verdict, lines).replace(f"worked: os.open({str(victim)!r}, os.O_PATH)", "")
    assert [line for line in found.splitlines() if "/dev/null" not in line] == []
    after = victim.stat()
    assert victim.read_text(encoding="utf-8") == "canary"
    assert (before.st_mode, before.st_mtime_ns, before.st_uid) == (after.st_mode, after.st_mtime_ns, after.st_uid)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["submission1", "victim.txt"]


def test_who_may_read_a_file_cannot_empty_it(verdict: Verdict) -> None:
    """Opening for reading with O_TRUNC fails everywhere: early versions of Landlock would let it pass."""
    lines = """
os.open("new", os.O_RDONLY | os.O_CREAT | os.O_TRUNC)
os.open(os.__file__, os.O_RDONLY | os.O_TRUNC)
syscall(2, b"new", os.O_RDONLY | os.O_CREAT | os.O_TRUNC, 0o600)
syscall(437, -100, b"new", ctypes.create_string_buffer(24), 24)
os.open("new", os.O_ACCMODE | os.O_CREAT | os.O_TRUNC)
os.path.exists("new") or 1 / 0
"""
    assert worked(verdict, lines) == ""
    opened = (
        "open('new', 'w').write('x'); open('new', 'r+').close(); open('new', 'wb').close(); open('new', 'w+').close()"
    )
    assert worked(verdict, opened) == f"worked: {opened}\n"


def test_nothing_is_kept_for_the_next_check(verdict: Verdict) -> None:
    """A worker finds nothing of the one before: no file in its folder nor beside it."""
    source = """
import os
for folder in (".", "..", "../.."):
    try:
        open(os.path.join(folder, "mark"), "x").write("I was here")
    except FileExistsError:
        print("found", folder)
    except OSError:
        pass
def double(x):
    return 2 * x
"""
    report = verdict(source)
    assert report.passed
    assert [check.output for check in report.checks] == ["", ""]


def test_what_a_worker_leaves_is_removed(verdict: Verdict) -> None:
    """Locked folders, deep ones and odd names in the scratch folder go with the worker."""
    source = """
import os
os.mkdir("locked", 0o000); os.mkdir("open"); open("open/file", "w").close()
os.mkdir("half"); open("half/file", "w").close(); os.mkdir("half/inner", 0o100)
for name in ("-rf", "\\n", "\\udcff", "x" * 255, "*"):
    open(name, "w").close()
home = os.getcwd()
for _ in range(1000):
    os.mkdir("d"); os.chdir("d")
def double(x):
    return 2 * x
"""
    assert verdict(source).passed


def test_a_folder_deeper_than_any_path(verdict: Verdict) -> None:
    """3,000 folders in one another break the disk limit, and go with the worker."""
    source = "import os, time\nfor _ in range(3000):\n    os.mkdir('d'); os.chdir('d')\ntime.sleep(9)\n"
    caught(verdict(source), Status.CRASHED, "Disk limit")


def test_a_killed_judge_leaves_nothing(tmp_path: Path) -> None:
    """Kill the judge in the middle of a check: worker and nursery end, and their folders go."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    file = tmp_path / "ex01_double.py"
    file.write_text("import time\nopen('left', 'w').close()\ntime.sleep(60)\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(scratch)}
    for number in (signal.SIGKILL, signal.SIGTERM):
        with subprocess.Popen([sys.executable, "-c", GRADE, str(COURSE), str(file)], env=environment) as judge:
            wait_until(lambda: bool(list(scratch.glob("*/*/left"))))
            judge.send_signal(number)
        wait_until(lambda: not list(scratch.iterdir()))


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for a condition, half a minute at most."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
