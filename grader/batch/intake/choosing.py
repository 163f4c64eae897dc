"""What of a student's files is graded: the latest version of each, with the files that it may import."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, NamedTuple

from grader.batch.intake import limits
from grader.batch.intake.naming import is_notebook, module_stem
from grader.batch.intake.nodes import Kind, UnreadableError
from grader.batch.intake.notebook import read_notebook
from grader.batch.intake.wording import shown, text
from grader.batch.records import Handin, SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from grader.batch.intake.walking import Found
    from grader.model import Exercise, Text

_WORD = re.compile(r"[^\W\d]\w*")
_MOST_NAMED = 3


class Choice(NamedTuple):
    """A handin, and the files that went along with it."""

    handin: Handin
    shipped: tuple[Found, ...]


class _Code(NamedTuple):
    """A file that was read: its Python, and what there is to say about it."""

    source: bytes
    sha256: str
    dropped: int = 0
    fault: Text | None = None


def choose(student: str, files: Sequence[Found], exercises: Iterable[Exercise]) -> Iterator[Choice]:
    """Yield what `student` handed in for each of `exercises` that is among `files`, in that order."""
    for exercise in exercises:
        versions = [found for found in files if found.named and found.named.exercise == exercise]
        if not versions:
            continue
        latest = _latest(versions)
        code = _read(latest)
        notes = [text("intake.latest", count=len(versions), others=_listed(versions, latest))] if versions[1:] else []
        if code.dropped:
            notes.append(text("intake.magics", count=code.dropped))
        mates = _Mates(latest, files)
        shipped = () if code.fault else tuple(mates.imported_by(code.source))
        if mates.left_out:
            notes.append(text("intake.beside_left_out", names=", ".join(mates.left_out)))
        handin = Handin(
            student=student,
            exercise=exercise.id,
            file=shown(latest.at),
            sha256=code.sha256,
            source=SourceFile(exercise.file_name, code.source),
            beside=tuple(SourceFile(f"{stem}.py", source) for stem, _, source in shipped),
            notes=tuple(notes),
            fault=code.fault,
        )
        yield Choice(handin, tuple(found for _, found, _ in shipped))


def _latest(versions: Sequence[Found]) -> Found:
    # A link or a pipe is only what was handed in where there is nothing else. Among equals the
    # one on top counts, and of two members of an archive with one name the one packed later.
    def rank(nth: int) -> tuple[bool, int, int, float, int, int]:
        found = versions[nth]
        mark = found.named.mark if found.named else 0
        return (found.node.kind is Kind.FILE, mark, found.serial, found.node.modified, -len(found.at), nth)

    return versions[max(range(len(versions)), key=rank)]


def _listed(versions: Sequence[Found], latest: Found) -> str:
    others = [shown(found.at) for found in versions if found is not latest]
    return ", ".join(others[:_MOST_NAMED]) + (", …" if others[_MOST_NAMED:] else "")


def _read(found: Found) -> _Code:
    if found.node.kind is Kind.LINK:
        return _Code(b"", "", fault=text("intake.link"))
    if found.node.kind is Kind.OTHER:
        return _Code(b"", "", fault=text("intake.not_a_file"))
    is_cells = is_notebook(found.called)
    try:
        data = found.node.read(limits.MAX_NOTEBOOK_BYTES if is_cells else limits.MAX_SOURCE_BYTES)
    except UnreadableError as error:
        return _Code(b"", "", fault=error.reason)
    sha256 = hashlib.sha256(data).hexdigest()
    if not is_cells:
        return _Code(data, sha256)
    try:
        notebook = read_notebook(data)
    except UnreadableError as error:
        return _Code(b"", sha256, fault=error.reason)
    return _Code(notebook.source, sha256, notebook.dropped)


class _Mates:
    """The files in the folder of a handin, by the names under which it may import them."""

    def __init__(self, main: Found, files: Sequence[Found]) -> None:
        self.left_out: list[str] = []
        self._by_stem: dict[str, Found] = {}
        versions: dict[str, list[Found]] = {}
        for found in files:
            if found.folder != main.folder or found.node.kind is not Kind.FILE:
                continue
            # Another version of the file that is graded has no part in the verdict.
            if found.named and main.named and found.named.exercise == main.named.exercise:
                continue
            own = module_stem(found.called)
            if own is not None:
                self._by_stem.setdefault(own, found)
            if found.named:
                versions.setdefault(found.named.exercise.name, []).append(found)
        for stem, own_versions in versions.items():
            self._by_stem[stem] = _latest(own_versions)

    def imported_by(self, source: bytes) -> Iterator[tuple[str, Found, bytes]]:
        """Yield the name, file and source of each mate that `source` mentions, or that one of them mentions.

        A mention is a word, anywhere: what is not yielded cannot be imported, so it has no
        part in the verdict. What exceeds the limits goes to `left_out`.
        """
        unread, total, count = [source], 0, 0
        while unread and self._by_stem:
            words = set(_WORD.findall(unread.pop().decode("utf-8", "replace")))
            for stem in sorted(words & self._by_stem.keys()):
                found = self._by_stem.pop(stem)
                code = _read(found)
                if code.fault:
                    continue
                total, count = total + len(code.source), count + 1
                if total > limits.MAX_BESIDE_BYTES or count > limits.MAX_BESIDE_FILES:
                    self.left_out.append(stem)
                    continue
                yield stem, found, code.source
                unread.append(code.source)
