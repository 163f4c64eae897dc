"""Confine the current process for good: Landlock for files, seccomp for everything else.

Landlock: https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import stat
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from grader.worker.namespaces import has_pid_namespaces

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import landlockpy
    import pyseccomp as seccomp

FULL = "full"
SYSTEM_PATHS = (
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/share/zoneinfo",
    "/usr/share/fonts",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/fonts",
)
# A GPU's driver reads about the machine, and talks to its own device files alone (NVIDIA's, WSL's, AMD's). Not
# more: whoever may write to /proc/sys as root has the machine.
DEVICE_INFORMATION = ("/proc", "/sys")
DEVICE_NODES = ("nvidia*", "nvidia-caps/*", "dxg", "kfd", "dri/*")
MAX_LEARNER_FILES = 256

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


@functools.cache
def landlock_abi() -> int:
    """Return the version of Landlock in the running kernel, 0 without one."""
    if sys.platform != "linux":
        return 0
    import landlockpy  # noqa: PLC0415 - Linux alone has it

    return landlockpy.abi_version()


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


def level() -> str:
    """Return the confinement that a worker gets here: full, landlock, seccomp, limits or none."""
    if landlock_abi() and has_seccomp():
        return FULL
    if landlock_abi():
        return "landlock"
    if has_seccomp():
        return "seccomp"
    return "none" if sys.platform == "win32" else "limits"


def describe_level() -> str:
    """Return the level with the versions behind it, for `grader doctor`."""
    parts = {"seccomp": has_seccomp(), "PID namespace": has_pid_namespaces()}
    told = ", ".join(f"{name} {'yes' if there else 'no'}" for name, there in parts.items())
    return f"{level()} (Landlock ABI {landlock_abi()}, {told})"


def python_paths(hidden: Sequence[Path]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Return (trees to read, folders to list) that hold Python and its packages but nothing hidden.

    `hidden` are folders that learner code must not read (the course, the grader): a tree
    that contains one is taken apart along the way to it.
    """
    paths = sysconfig.get_paths()
    roots = {Path(paths[key]) for key in ("stdlib", "platstdlib", "purelib", "platlib")}
    roots |= {
        Path(entry) for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages", "lib-dynload")
    }
    roots |= {Path(sys.base_exec_prefix) / "lib", *map(Path, SYSTEM_PATHS)}
    trees: list[Path] = []
    listed: list[Path] = []
    shut = [path.resolve() for path in hidden]
    for root in _outermost(path.resolve() for path in roots if path.exists()):
        _take(root, shut, trees, listed)
    return tuple(trees), tuple(listed)


def _outermost(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in sorted(set(paths)):
        if not any(path.is_relative_to(other) for other in found):
            found.append(path)
    return found


def _take(path: Path, hidden: Sequence[Path], trees: list[Path], listed: list[Path]) -> None:
    if path in hidden:
        return
    if not any(other.is_relative_to(path) for other in hidden):
        trees.append(path)
        return
    listed.append(path)
    for child in path.iterdir():
        if not child.is_symlink():
            _take(child, hidden, trees, listed)


def learner_files(folder: Path, hidden: Sequence[Path]) -> tuple[Path, ...]:
    """Return what learner code may read beside its own file: plain files and packages of its folder.

    Symbolic links and names that begin with a dot (a home folder's keys and histories) are
    left out, and so is a package that is, or holds, something hidden.
    """
    shut = [path.resolve() for path in hidden]
    found: list[Path] = []
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            path = Path(entry.path)
            if (
                entry.name.startswith(".")
                or entry.is_symlink()
                or len(found) >= MAX_LEARNER_FILES
                or any(other.is_relative_to(path) for other in shut)
            ):
                continue
            if entry.is_file() or (entry.is_dir() and (path / "__init__.py").is_file()):
                found.append(path)
    return tuple(found)


def build_ruleset(
    *, trees: Iterable[Path], listed: Iterable[Path], files: Iterable[Path], scratch: Path, device: bool
) -> landlockpy.Ruleset | None:
    """Return a Landlock ruleset that denies all but the paths given, or None without Landlock."""
    if not landlock_abi():
        return None
    from landlockpy import AccessFS, Ruleset, fs_for_abi, scope_for_abi  # noqa: PLC0415 - Linux alone has it

    supported = fs_for_abi(landlock_abi())
    read = AccessFS.READ_FILE | AccessFS.READ_DIR
    everything = supported & ~(
        AccessFS.EXECUTE | AccessFS.MAKE_SOCK | AccessFS.MAKE_SYM | AccessFS.MAKE_CHAR | AccessFS.MAKE_BLOCK
    )
    ruleset = Ruleset(scoped=scope_for_abi(landlock_abi()))
    rules = [(path, read) for path in (*trees, *files)] + [(path, AccessFS.READ_DIR) for path in listed]
    rules += [(Path("/dev/null"), AccessFS.READ_FILE | AccessFS.WRITE_FILE), (Path("/dev/urandom"), AccessFS.READ_FILE)]
    if device:
        rules += [(Path(path), read) for path in DEVICE_INFORMATION]
        rules += [(path, supported & _node_access()) for path in _device_nodes()]
    for path, access in rules:
        try:
            is_folder = stat.S_ISDIR(path.lstat().st_mode)
            ruleset.allow_path(path, access if is_folder else access & ~AccessFS.READ_DIR)
        except OSError:
            continue
    ruleset.allow_path(scratch, everything)
    return ruleset


def _own_folder(scratch: Path, *, device: bool) -> landlockpy.Ruleset:
    """Return a Landlock ruleset that denies every change outside `scratch`."""
    from landlockpy import AccessFS, AccessNet, Ruleset, fs_for_abi  # noqa: PLC0415 - Linux alone has it

    changes = fs_for_abi(landlock_abi()) & ~(AccessFS.READ_FILE | AccessFS.READ_DIR | AccessFS.EXECUTE)
    ruleset = Ruleset(handled_fs=changes, handled_net=AccessNet.NONE)
    ruleset.allow_path(scratch, changes)
    ruleset.allow_path("/dev/null", AccessFS.WRITE_FILE)
    for path in _device_nodes() if device else ():
        ruleset.allow_path(path, changes & _node_access())
    return ruleset


def _device_nodes() -> list[Path]:
    """Return the device files of the GPUs here."""
    found = sorted({path for pattern in DEVICE_NODES for path in Path("/dev").glob(pattern)})
    return [path for path in found if stat.S_ISCHR(path.lstat().st_mode)]


def _node_access() -> landlockpy.AccessFS:
    """Return what a driver may do with a device file."""
    from landlockpy import AccessFS  # noqa: PLC0415 - Linux alone has it

    return AccessFS.READ_FILE | AccessFS.WRITE_FILE | AccessFS.TRUNCATE | AccessFS.IOCTL_DEV


class Confinement:
    """What shuts a worker in, prepared once for many: entering it costs a worker little."""

    def __init__(self, ruleset: landlockpy.Ruleset | None, *, device: bool) -> None:
        self._ruleset = ruleset
        self._device = device
        self._filter = _build_filter(device=device) if has_seccomp() else None
        self._libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def enter(self, scratch: Path) -> str:
        """Shut the current process in, for good, and return the level reached.

        The rules allow the folder that all workers of a submission share; one more set
        leaves each its own `scratch` to write in, so that none finds another's marks.

        Raises:
            OSError: the kernel refused something that it claims to support.
        """
        if self._libc is not None:
            _drop_capabilities(self._libc)
        if self._ruleset is not None:
            own = _own_folder(scratch, device=self._device)
            self._ruleset.restrict()
            own.restrict()
            own.close()
            self._ruleset.close()
        if self._filter is not None:
            _load_filter(self._filter)
        return level()

    def close(self) -> None:
        """Release the kernel's copy of the rules."""
        if self._ruleset is not None:
            self._ruleset.close()


def _drop_capabilities(libc: ctypes.CDLL) -> None:
    """Give up root's powers; a worker needs none, and unprivileged users have none."""
    version_3 = 0x20080522
    header = (ctypes.c_uint32 * 2)(version_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    if libc.capset(header, nothing) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), "capset")


def _build_filter(*, device: bool) -> seccomp.SyscallFilter:
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
    # Their flags lie in memory, where no filter looks.
    for name in ("clone3", "openat2"):
        rules.add_rule(seccomp.ERRNO(absent), name)
    return rules


def _load_filter(rules: seccomp.SyscallFilter) -> None:
    """Add what depends on the process (signals go to itself alone), and let the filter bite."""
    import pyseccomp as seccomp  # noqa: PLC0415 - Linux alone has it

    for name in ("kill", "tgkill"):
        rules.add_rule(seccomp.ALLOW, name, seccomp.Arg(0, seccomp.EQ, os.getpid()))
    rules.load()
