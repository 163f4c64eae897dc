"""The system calls that a worker may make: a seccomp filter, compiled once for many workers.

https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import struct
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyseccomp as seccomp

# What Python, torch, NumPy and matplotlib need once they are imported. Files are
# left to Landlock, so calls that it does not govern (chmod, chown, utime, truncate by
# path, xattr) are absent, and so is all that reaches another process or the network.
PLAIN_CALLS = """
access alarm arch_prctl brk chdir clock_getres clock_gettime clock_nanosleep close close_range
creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_wait eventfd2 exit
exit_group faccessat faccessat2 fadvise64 fallocate fchdir fdatasync flock fstat fstatfs fsync
ftruncate futex get_robust_list getcpu getcwd getdents getdents64 getegid geteuid getgid getgroups
getitimer getpgid getpgrp getpid getppid getpriority getrandom getresgid getresuid getrlimit
getrusage getsid gettid gettimeofday getuid lseek lstat madvise membarrier mincore mkdir mkdirat
mmap mprotect mremap msync munmap nanosleep newfstatat pause pipe pipe2 poll
ppoll pread64 preadv preadv2 pselect6 pwrite64 pwritev pwritev2 read readlink readlinkat readv
rename renameat renameat2 restart_syscall rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask
rt_sigreturn rt_sigsuspend rt_sigtimedwait sched_get_priority_max sched_get_priority_min
sched_getaffinity sched_getparam sched_getscheduler sched_yield select sendfile set_robust_list
set_tid_address setitimer sigaltstack stat statfs statx sysinfo time timer_create timer_delete
timer_getoverrun timer_gettime timer_settime times umask uname unlink unlinkat wait4 waitid write
writev
""".split()
# CUDA's user-space driver talks to its device files by ioctl and shares memory by descriptor.
DEVICE_CALLS = ("ioctl", "memfd_create", "mlock", "munlock", "sched_setaffinity", "mbind", "get_mempolicy")
# Not the locks on byte ranges: the kernel keeps a record of each, in memory that no limit counts.
FCNTL_COMMANDS = (0, 1, 2, 3, 4, 1030, 1031, 1032)
IOCTL_COMMANDS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
PRCTL_OPTIONS = (15, 16, 0x53564D41)
CLONE_THREAD = 0x00010000
PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2
# Stands in the program for the number of the process that loads it, and for nothing else.
ITSELF = 0x6E5D4C3B
# Code, jumps and operand: https://docs.kernel.org/networking/filter.html
_INSTRUCTION = struct.Struct("=HBBI")


@functools.cache
def has_seccomp() -> bool:
    """Tell whether a seccomp filter can be built and loaded here."""
    if sys.platform != "linux":
        return False
    try:
        import pyseccomp  # noqa: F401, PLC0415 - Linux alone has it, and it fails without libseccomp
    except (ImportError, OSError, RuntimeError):
        return False
    return Path("/proc/sys/kernel/seccomp").exists()


class Program(ctypes.Structure):
    """`struct sock_fprog`: a number of instructions, and where they are."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


class Calls:
    """The filter; libseccomp would make it anew, at a tenth of a worker's cost, in each of them."""

    def __init__(self, *, device: bool) -> None:
        with tempfile.TemporaryFile() as file:
            _rules(device=device).export_bpf(file)
            file.seek(0)
            compiled = file.read()
        self._itself = [
            number * _INSTRUCTION.size + 4
            for number, (_, _, _, operand) in enumerate(_INSTRUCTION.iter_unpack(compiled))
            if operand == ITSELF
        ]
        self._bytes = ctypes.create_string_buffer(compiled, len(compiled))
        self._program = Program(len(compiled) // _INSTRUCTION.size, ctypes.addressof(self._bytes))

    def load(self, libc: ctypes.CDLL) -> int:
        """Hold this process to the filter, for good; return 0, or -1 where the kernel refuses."""
        for place in self._itself:
            struct.pack_into("=I", self._bytes, place, os.getpid())
        result: int = libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(self._program), 0, 0)
        return result


@functools.cache
def calls(*, device: bool) -> Calls | None:
    """Return the filter for workers on the CPU, or for those on a GPU, or None where there is no seccomp."""
    return Calls(device=device) if has_seccomp() else None


def _rules(*, device: bool) -> seccomp.SyscallFilter:
    import pyseccomp as seccomp  # noqa: PLC0415 - Linux alone has it

    denied, absent = 1, 38
    rules = seccomp.SyscallFilter(seccomp.ERRNO(denied))

    def allow(name: str, *conditions: seccomp.Arg) -> None:
        # A call that this architecture does not have needs no rule.
        with contextlib.suppress(OSError):
            rules.add_rule(seccomp.ALLOW, name, *conditions)

    for name in (*PLAIN_CALLS, *(DEVICE_CALLS if device else ())):
        allow(name)
    for command in FCNTL_COMMANDS:
        allow("fcntl", seccomp.Arg(1, seccomp.EQ, command))
    if not device:
        for command in IOCTL_COMMANDS:
            allow("ioctl", seccomp.Arg(1, seccomp.EQ, command))
    for option in PRCTL_OPTIONS:
        allow("prctl", seccomp.Arg(0, seccomp.EQ, option))
    # Before its third version Landlock lets whoever may read a file empty it: open for reading, and truncate.
    for name, place in (("open", 1), ("openat", 2)):
        allow(name, seccomp.Arg(place, seccomp.MASKED_EQ, os.O_TRUNC, 0))
        for mode in (os.O_WRONLY, os.O_RDWR):
            allow(name, seccomp.Arg(place, seccomp.MASKED_EQ, os.O_ACCMODE, mode))
    allow("clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, CLONE_THREAD))
    allow("prlimit64", seccomp.Arg(2, seccomp.EQ, 0))
    # Signals go to the process itself alone.
    for name in ("kill", "tgkill"):
        allow(name, seccomp.Arg(0, seccomp.EQ, ITSELF))
    # Their flags lie in memory, where no filter looks.
    for name in ("clone3", "openat2"):
        rules.add_rule(seccomp.ERRNO(absent), name)
    return rules
