"""Write files whole or not at all, and say what failed on which path."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from types import MappingProxyType
from typing import TYPE_CHECKING

from grader.errors import WorkspaceError
from grader.texts import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_REASONS: Mapping[int, Phrase] = MappingProxyType(
    {
        errno.ENOSPC: Phrase("reason.disk_full"),
        errno.EDQUOT: Phrase("reason.disk_full"),
        errno.EFBIG: Phrase("reason.disk_full"),
        errno.EROFS: Phrase("reason.read_only"),
        errno.EACCES: Phrase("reason.no_permission"),
        errno.EPERM: Phrase("reason.no_permission"),
        errno.ENOENT: Phrase("reason.not_found"),
        errno.ENOTDIR: Phrase("reason.not_a_folder"),
        errno.EEXIST: Phrase("reason.not_a_folder"),
        errno.EISDIR: Phrase("reason.is_a_folder"),
        errno.ENAMETOOLONG: Phrase("reason.name_too_long"),
        errno.ELOOP: Phrase("reason.link"),
    }
)


@contextmanager
def doing(action: Phrase, path: Path) -> Iterator[None]:
    """Turn an OSError in the block into a WorkspaceError: "cannot `action` `path`"."""
    try:
        yield
    except OSError as fault:
        raise WorkspaceError("workspace.cannot", action=action, path=path, reason=reason_of(fault)) from fault


def reason_of(fault: OSError) -> Phrase | str:
    """Return why `fault` happened and what to do, in the words of the catalog if it has any."""
    known = _REASONS.get(fault.errno) if fault.errno is not None else None
    return known or fault.strerror or str(fault)


def replace_file(path: Path, data: bytes) -> None:
    """Make `path` hold `data`; a link of that name is replaced, never written through."""
    with _written_beside(path, data) as draft:
        draft.replace(path)
    _sync_folder(path.parent)


def create_file(path: Path, data: bytes) -> bool:
    """Make `path` hold `data` unless something has that name; say whether it was made."""
    if os.path.lexists(path):
        return False
    with _written_beside(path, data) as draft:
        try:
            # A link, unlike a rename, fails where another process was faster.
            path.hardlink_to(draft)
        except FileExistsError:
            return False
        except OSError:
            # No hard links here (FAT, some network drives).
            if os.path.lexists(path):
                return False
            draft.replace(path)
    _sync_folder(path.parent)
    return True


@contextmanager
def _written_beside(path: Path, data: bytes) -> Iterator[Path]:
    draft = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(4).hex()}.tmp")
    # O_EXCL refuses a planted link; the mode leaves the umask its say.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(draft, flags, 0o666), "wb") as file:  # noqa: PTH123
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    # Only POSIX lets a folder be opened; without this a power cut may undo a rename.
    if os.name != "posix":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
