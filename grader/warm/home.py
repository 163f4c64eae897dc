"""The folder in which shared warm processes can be found, and what each was made from."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

import grader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.model import Course

SOCKET_SUFFIX = ".sock"
PRIVATE = 0o700
# What the systems let the address of a socket be, in bytes.
LONGEST_ADDRESS = 104
# What else decides which modules and devices a process finds.
SETTINGS = ("PYTHONPATH", "CUDA_VISIBLE_DEVICES")


class Home(msgspec.Struct, frozen=True):
    """A folder that belongs to this user alone."""

    folder: Path

    def socket(self, course: Course) -> Path:
        """Return where the warm process of this Python and this course listens."""
        name = hashlib.sha256(f"{sys.executable}\0{course.root}".encode()).hexdigest()[:16]
        return self.folder / f"{name}{SOCKET_SUFFIX}"

    def sockets(self) -> tuple[Path, ...]:
        """Return where warm processes listen, or did."""
        return tuple(sorted(self.folder.glob(f"*{SOCKET_SUFFIX}")))


def find_home(environ: Mapping[str, str]) -> Home | None:
    """Return the user's own folder, made if need be; None where nobody can make one that is safe."""
    if os.name != "posix":
        return None
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    own = Path(runtime, "gradlings")
    usable = runtime and _is_own(Path(runtime)) and _is_short(own)
    folder = own if usable else Path(tempfile.gettempdir()) / f"gradlings-{os.getuid()}"
    if not _is_short(folder):
        return None
    try:
        folder.mkdir(mode=PRIVATE, exist_ok=True)
    except OSError:
        return None
    return Home(folder) if _is_own(folder) else None


def stamp(course: Course) -> str:
    """Return a digest of all that a warm process is made from: Python, torch, the grader, the course's imports.

    Checks and solutions are not in it: every judge reads them anew.
    """
    made_from = hashlib.sha256()
    settings = (os.environ.get(name, "") for name in SETTINGS)
    for part in (sys.version, sys.executable, grader.__version__, str(course.root), *wanted(course), *settings):
        made_from.update(f"{part}\0".encode())
    for file in (*_sources(), *_torch()):
        with_time = file.stat()
        made_from.update(f"{file}\0{with_time.st_mtime_ns}\0{with_time.st_size}\0".encode())
    return made_from.hexdigest()


def wanted(course: Course) -> tuple[str, ...]:
    """Return the modules that the exercises of `course` ask for."""
    return tuple(sorted({name for exercise in course.exercises for name in exercise.preload}))


def _sources() -> Iterator[Path]:
    package = Path(grader.__file__).parent
    for folder in (package / "judge", package / "worker", package / "warm"):
        yield from sorted(folder.glob("*.py"))
    yield from sorted(package.glob("*.py"))
    yield from sorted(package.glob("strings.*.toml"))


def _torch() -> Iterator[Path]:
    # Not by importlib.metadata, which costs more than the whole request.
    for entry in sys.path:
        version = Path(entry) / "torch" / "version.py"
        if version.is_file():
            yield version
            return


def _is_short(folder: Path) -> bool:
    # Beside the folder, the name of a socket and its end have to fit.
    return len(os.fsencode(folder)) + len(f"/{'0' * 16}{SOCKET_SUFFIX}") < LONGEST_ADDRESS


def _is_own(folder: Path) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
