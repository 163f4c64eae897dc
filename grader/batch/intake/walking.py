"""All files of one student: which are exercises, which go along, and which are nobody's."""

from __future__ import annotations

import io
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from grader.batch.intake import limits
from grader.batch.intake.archives import OF_A_STUDENT, open_archive
from grader.batch.intake.naming import archive_stem, is_noise, is_other_archive, module_stem
from grader.batch.intake.nodes import Kind, UnreadableError
from grader.batch.intake.wording import shown, text
from grader.batch.records import Unread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.batch.intake.layouts import Piece
    from grader.batch.intake.naming import Named, Names
    from grader.batch.intake.nodes import Node
    from grader.model import Text


class Found(NamedTuple):
    """A file of a student: `folder` is the path of its folder, `called` its name there.

    `named` says which exercise it is for; a file without is a module that others may import.
    """

    node: Node
    folder: tuple[str, ...]
    called: str
    at: tuple[str, ...]
    serial: int
    named: Named | None


class Belongings:
    """What one student has, and what of it cannot be used."""

    def __init__(self, at: tuple[str, ...]) -> None:
        self.files: list[Found] = []
        self._at = at
        self._unread: list[Unread] = []
        self._unread_count = 0

    def leave(self, at: tuple[str, ...], reason: Text) -> None:
        """Note that what lies at `at` is not used."""
        self.add(Unread(shown(at), reason))

    def add(self, line: Unread) -> None:
        """Note one more line of what is not used."""
        self._unread_count += 1
        # A student could fill the list of the whole class.
        if self._unread_count <= limits.MAX_UNREAD_LINES:
            self._unread.append(line)

    def unread(self) -> list[Unread]:
        """Return what is not used; where it is too much to list, the last line says how much more there is."""
        more = self._unread_count - len(self._unread)
        if not more:
            return self._unread
        return [*self._unread, Unread(shown(self._at), text("intake.more", count=more))]


class _Folder(NamedTuple):
    """A folder that is still to be looked through."""

    node: Node
    at: tuple[str, ...]
    serial: int
    depth: int
    is_in_archive: bool


def walk(pieces: Sequence[Piece], names: Names) -> Belongings:
    """Return all that a student has in `pieces`, shallow files first."""
    walker = _Walker(names, pieces[0].at if pieces else ())
    for piece in pieces:
        if piece.node.kind is Kind.FOLDER:
            walker.folders.append(_Folder(piece.node, piece.at, piece.serial, 1, is_in_archive=False))
        else:
            # Files that a service lays side by side lie in one folder, their student's.
            top = _Folder(piece.node, piece.at[:-1], piece.serial, 0, is_in_archive=False)
            walker.see(top, piece.node, piece.called, piece.at)
    walker.go()
    return walker.found


class _Walker:
    """Looks through folder after folder, so that what is deep down cannot hide what lies on top."""

    def __init__(self, names: Names, at: tuple[str, ...]) -> None:
        self.found = Belongings(at)
        self.folders: deque[_Folder] = deque()
        self._names = names
        self._seen = 0

    def go(self) -> None:
        """Look through all folders."""
        while self.folders:
            folder = self.folders.popleft()
            try:
                children = folder.node.children()
            except UnreadableError as error:
                self.found.leave(folder.at, error.reason)
                continue
            self._seen += len(children)
            if self._seen > limits.MAX_ENTRIES:
                self.found.leave(folder.at, text("intake.many_entries", limit=limits.MAX_ENTRIES))
                self.folders.clear()
                # The heap may lie around an exercise.
                children = [node for node in children if self._names.of_file(node.name)]
            for node in children:
                if not is_noise(node.name):
                    self.see(folder, node, node.name, (*folder.at, node.name))

    def see(self, folder: _Folder, node: Node, called: str, at: tuple[str, ...]) -> None:
        """Take `node` for what it is: an exercise, a module, a folder, an archive, or nothing of use."""
        if node.kind is Kind.FOLDER:
            if folder.depth >= limits.MAX_DEPTH:
                self.found.leave(at, text("intake.too_deep", limit=limits.MAX_DEPTH))
            else:
                self.folders.append(folder._replace(node=node, at=at, depth=folder.depth + 1))
            return
        named = self._names.of_file(called)
        is_module = node.kind is Kind.FILE and module_stem(called) is not None
        if named or is_module:
            self.found.files.append(Found(node, folder.at, called, at, folder.serial, named))
        elif node.kind is Kind.LINK:
            self.found.leave(at, text("intake.link"))
        elif node.kind is Kind.OTHER:
            self.found.leave(at, text("intake.not_a_file"))
        elif archive_stem(called) is not None:
            self._open(folder, node, at)
        else:
            self.found.leave(
                at, text("intake.archive_kind") if is_other_archive(called) else text("intake.no_exercise")
            )

    def _open(self, folder: _Folder, node: Node, at: tuple[str, ...]) -> None:
        if folder.is_in_archive:
            self.found.leave(at, text("intake.archive_in_archive"))
            return
        try:
            opened = open_archive(io.BytesIO(node.read(limits.MAX_NESTED_BYTES)), at=at, bounds=OF_A_STUDENT)
        except UnreadableError as error:
            self.found.leave(at, error.reason)
            return
        for line in opened.unread:
            self.found.add(line)
        self.folders.append(_Folder(opened.root, at, folder.serial, folder.depth + 1, is_in_archive=True))
