"""Confine the current process for good: Landlock for files, a filter for system calls (`calls.py`).

Landlock: https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import ctypes
import functools
import os
import stat
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from grader.worker.calls import calls, has_seccomp
from grader.worker.namespaces import has_pid_namespaces

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import landlockpy

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

CAPABILITY_VERSION_3 = 0x20080522
PR_SET_NO_NEW_PRIVS = 38
# The same on all processors.
LANDLOCK_RESTRICT_SELF = 446


@functools.cache
def landlock_abi() -> int:
    """Return the version of Landlock in the running kernel, 0 without one."""
    if sys.platform != "linux":
        return 0
    import landlockpy  # noqa: PLC0415 - Linux alone has it

    return landlockpy.abi_version()


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


@functools.cache
def python_paths(hidden: tuple[Path, ...]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Return (trees to read, folders to list) that hold Python and its packages but nothing hidden.

    `hidden` are folders that learner code must not read (the course, the grader): a tree
    that contains one is taken apart along the way to it. Looked up once for all submissions.
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


def own_folder(scratch: Path, *, device: bool) -> landlockpy.Ruleset | None:
    """Return a Landlock ruleset that denies every change outside `scratch`, or None without Landlock.

    The other rules allow the folder that all workers of a submission share; with these, none finds another's marks.
    """
    if not landlock_abi():
        return None
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

    def __init__(self, *, device: bool) -> None:
        self._level = level()
        self._calls = calls(device=device)
        self._libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
        # Made here: a fork has each page that it writes to copied.
        self._header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
        self._nothing = (ctypes.c_uint32 * 6)()

    def enter(self, rulesets: Sequence[int]) -> str:
        """Shut the current process in, for good, and return the level reached.

        `rulesets` are descriptors of Landlock's rules, all of which hold.

        Raises:
            OSError: the kernel refused something that it claims to support.
        """
        libc = self._libc
        if libc is not None:
            # A worker needs none of root's powers, and unprivileged users have none.
            _demand(libc.capset(self._header, self._nothing), "capset")
            _demand(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
            for rules in rulesets:
                _demand(libc.syscall(LANDLOCK_RESTRICT_SELF, rules, 0), "landlock_restrict_self")
            if self._calls is not None:
                _demand(self._calls.load(libc), "seccomp")
        return self._level


def _demand(result: int, what: str) -> None:
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), what)
