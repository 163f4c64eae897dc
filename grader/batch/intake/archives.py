"""Archives as trees of nodes: read in memory, within limits, with no member that leads elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from grader.batch.intake import limits
from grader.batch.intake.nodes import Kind, UnreadableError, too_large
from grader.batch.intake.wording import shown, text
from grader.batch.records import Unread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import BinaryIO

    from grader.model import Text

_DRIVE = re.compile(r"[A-Za-z]:")
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


class Bounds(msgspec.Struct, frozen=True):
    """How much one archive may hold; less than `small_bytes` is never too well packed."""

    members: int
    unpacked_bytes: int
    small_bytes: int = limits.SMALL_BYTES


OF_A_CLASS = Bounds(limits.MAX_CLASS_MEMBERS, limits.MAX_CLASS_UNPACKED_BYTES, limits.SMALL_CLASS_BYTES)
OF_A_STUDENT = Bounds(limits.MAX_NESTED_MEMBERS, limits.MAX_NESTED_UNPACKED_BYTES, limits.SMALL_NESTED_BYTES)


class Member(NamedTuple):
    """One entry of an archive, before it has its place in the tree.

    `read` returns its bytes up to a limit; `refused` says why it may not be used.
    """

    path: str
    kind: Kind
    size: int = 0
    modified: float = 0.0
    read: Callable[[int], bytes] | None = None
    refused: Text | None = None


class ArchiveNode:
    """A file or folder in an archive."""

    __slots__ = ("_children", "_folders", "_member", "kind", "name")

    def __init__(self, name: str, kind: Kind, member: Member | None = None) -> None:
        self.name = name
        self.kind = kind
        self._member = member
        self._children: list[ArchiveNode] = []
        self._folders: dict[str, ArchiveNode] = {}

    @property
    def size(self) -> int:
        """Its bytes as the archive announces them."""
        return self._member.size if self._member else 0

    @property
    def modified(self) -> float:
        """When it was last changed, as the archive has it."""
        return self._member.modified if self._member else 0.0

    def children(self) -> list[ArchiveNode]:
        """Return what the folder holds, by name; of two files of one name, the later comes last."""
        return sorted([*self._folders.values(), *self._children], key=lambda node: node.name)

    def read(self, limit: int) -> bytes:
        """Return the bytes of the file. Raises UnreadableError."""
        if self.size > limit:
            raise too_large(limit)
        if self._member is None or self._member.read is None:
            raise UnreadableError(text("intake.not_a_file"))
        data = self._member.read(limit)
        if len(data) > limit:
            raise too_large(limit)
        return data

    def folder(self, name: str) -> ArchiveNode:
        """Return the folder `name` in this one, made where there is none."""
        if name not in self._folders:
            self._folders[name] = ArchiveNode(name, Kind.FOLDER)
        return self._folders[name]

    def add(self, name: str, member: Member) -> None:
        """Put a member that is not a folder here."""
        self._children.append(ArchiveNode(name, member.kind, member))


class Opened(msgspec.Struct, frozen=True):
    """An archive as a tree, and the members that have no place in it."""

    root: ArchiveNode
    unread: tuple[Unread, ...]


class Reader(Protocol):
    """Lists the members of one kind of archive. Raises UnreadableError for one that is broken or a bomb."""

    def __call__(self, stream: BinaryIO, bounds: Bounds) -> Iterable[Member]:
        """Do it."""
        ...


def open_archive(stream: BinaryIO, *, at: tuple[str, ...], bounds: Bounds) -> Opened:
    """Return the tree of the archive in `stream`, which stays open as long as the tree is used.

    `at` is where the archive was found. Raises UnreadableError.
    """
    try:
        return _planted(_reader(stream)(stream, bounds), at)
    except UnreadableError:
        raise
    except PermissionError as error:
        raise UnreadableError(text("intake.unreadable", error=error.strerror or "?")) from None
    except Exception:  # noqa: BLE001 - zipfile, tarfile and the decompressors raise a dozen kinds for hostile bytes
        raise UnreadableError(text("intake.broken_archive")) from None


def _reader(stream: BinaryIO) -> Reader:
    # The suffix is the student's word; the first bytes decide. Imported here because most classes have no archive.
    start = stream.read(4)
    stream.seek(0)
    if start in _ZIP_STARTS:
        from grader.batch.intake.zips import zip_members  # noqa: PLC0415 - see above

        return zip_members
    from grader.batch.intake.tars import tar_members  # noqa: PLC0415 - see above

    return tar_members


def _planted(members: Iterable[Member], at: tuple[str, ...]) -> Opened:
    root = ArchiveNode("", Kind.FOLDER)
    unread: list[Unread] = []
    for member in members:
        parts, refused = _parts(member.path)
        refused = refused or member.refused
        if refused is not None:
            unread.append(Unread(shown((*at, member.path)), refused))
            continue
        folder = root
        for name in parts[: len(parts) if member.kind is Kind.FOLDER else -1]:
            folder = folder.folder(name)
        if member.kind is not Kind.FOLDER and parts:
            folder.add(parts[-1], member)
    return Opened(root, _bounded(unread, at))


def _bounded(unread: list[Unread], at: tuple[str, ...]) -> tuple[Unread, ...]:
    left_out = len(unread) - limits.MAX_UNREAD_LINES
    if left_out <= 0:
        return tuple(unread)
    more = Unread(shown(at), text("intake.more", count=left_out))
    return (*unread[: limits.MAX_UNREAD_LINES], more)


def _parts(path: str) -> tuple[list[str], Text | None]:
    if path.startswith("/") or _DRIVE.match(path) or ".." in path.split("/") or "\0" in path:
        return [], text("intake.escapes")
    parts = [part for part in path.split("/") if part not in {"", "."}]
    if len(parts) > limits.MAX_DEPTH:
        return [], text("intake.too_deep", limit=limits.MAX_DEPTH)
    return parts, None
