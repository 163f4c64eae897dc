"""Which exercise a file is for, which version of it, and which names mean nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from grader.batch.intake import limits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grader.model import Exercise

# Gradescope's list of who handed in what.
METADATA = "submission_metadata.yml"

_NUMBERED = re.compile(r"ex_?([0-9]{1,6})(?:_+(.+))?")
# What browsers, Windows, macOS and Canvas put behind the stem of a second file of one name.
_MARKS = re.compile(
    r"(?P<stem>.+?)(?:"
    r" ?\((?P<browser>[0-9]{1,6})\)"
    r"|-(?P<canvas>[0-9]{1,6})"
    r"|(?: -)? (?:copy|副本|kopie|copie)(?: \(?[0-9]{1,6}\)?)?"
    r")",
    re.IGNORECASE | re.DOTALL,
)
_CODE = re.compile(r"(.+)\.(py|ipynb)", re.IGNORECASE | re.DOTALL)
_ARCHIVE = re.compile(r"(.+)\.(?:zip|tar|tar\.gz|tgz|tar\.bz2|tbz2?|tar\.xz|txz)", re.IGNORECASE | re.DOTALL)
_OTHER_ARCHIVE = re.compile(r".+\.(?:rar|7z|tar\.zst|tar\.lz|gz|bz2|xz|zst)", re.IGNORECASE | re.DOTALL)
_NOISE = re.compile(
    r"\..*|__pycache__|__macosx|node_modules|site-packages|venv|thumbs\.db|desktop\.ini|timestamp\.txt"
    r"|.*\.py[cod]|(?:readme|licen[cs]e)(?:\..*)?|progress\.(?:db|json|sqlite)(?:-wal|-shm)?",
    re.IGNORECASE | re.DOTALL,
)


class Named(NamedTuple):
    """What a file's name says: the exercise, and how late a version of it this is."""

    exercise: Exercise
    mark: int


class Names:
    """The names by which files are known as exercises."""

    def __init__(self, exercises: Iterable[Exercise]) -> None:
        self._by_name: dict[str, Exercise] = {}
        self._by_number: dict[int, Exercise] = {}
        for exercise in exercises:
            self._by_number[exercise.number] = exercise
            for name in (exercise.name, exercise.slug, exercise.id):
                self._by_name.setdefault(name, exercise)

    def of_file(self, name: str) -> Named | None:
        """Return which exercise the file `name` is for, None for a file that fits none.

        `ex03_squared_loss.py`, `ex3.ipynb`, `Ex_003.py` and `Squared Loss (2).py` fit;
        a number and a slug of different exercises fit none.
        """
        parts = _CODE.fullmatch(name)
        if parts is None:
            return None
        stem, mark = parts[1].strip(), 0
        # "ex3-1 (2)" has two marks; no file has five.
        for _ in range(4):
            exercise = self._called(stem)
            if exercise is not None:
                return Named(exercise, mark)
            marked = _MARKS.fullmatch(stem)
            if marked is None:
                return None
            stem = marked["stem"].strip()
            mark = max(mark, int(marked["browser"] or marked["canvas"] or 0))
        return None

    def _called(self, stem: str) -> Exercise | None:
        asked = stem.casefold().replace("-", "_").replace(" ", "_")
        exact = self._by_name.get(asked)
        if exact is not None:
            return exact
        numbered = _NUMBERED.fullmatch(asked)
        if numbered is None:
            return None
        exercise = self._by_number.get(int(numbered[1]))
        return exercise if exercise is None or numbered[2] in {None, exercise.slug} else None


def is_notebook(name: str) -> bool:
    """Return whether `name` is that of a notebook."""
    return name.casefold().endswith(".ipynb")


def module_stem(name: str) -> str | None:
    """Return the name under which Python imports the file `name`, None if it cannot."""
    stem = name[:-3] if name.endswith(".py") else ""
    return stem if stem.isidentifier() else None


def archive_stem(name: str) -> str | None:
    """Return `name` without the suffix of an archive that intake reads, None for any other name."""
    parts = _ARCHIVE.fullmatch(name)
    return parts[1] if parts else None


def is_other_archive(name: str) -> bool:
    """Return whether `name` is that of an archive which intake does not read."""
    return _OTHER_ARCHIVE.fullmatch(name) is not None


def is_noise(name: str) -> bool:
    """Return whether `name` is what systems and tools leave behind: nobody's work."""
    return _NOISE.fullmatch(name) is not None


def most_bytes(name: str) -> int:
    """Return how many bytes of a file called `name` intake may ever read: 0 where it never does."""
    if name.casefold().endswith(".py"):
        return limits.MAX_SOURCE_BYTES
    if is_notebook(name):
        return limits.MAX_NOTEBOOK_BYTES
    if archive_stem(name) is not None:
        return limits.MAX_NESTED_BYTES
    return limits.MAX_METADATA_BYTES if name.casefold().endswith(METADATA) else 0
