"""The text of a course.toml, and one more line in it: all that an author wrote stays as it is."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, Self

import msgspec

from grader.durable import doing
from grader.errors import CourseError, UsageError
from grader.texts import Phrase

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_NUMBER = re.compile(r"ex([0-9]+)_")
_TABLE = re.compile(r"^[ \t]*\[[ \t]*exercises[ \t]*\][ \t]*(?:#.*)?\r?$", re.MULTILINE)
_ANY_TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)
_POINTS = 10
_MARK = "\ufeff"


class CourseText:
    """A course.toml as it is written."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text
        try:
            self._tables = tomllib.loads(text.removeprefix(_MARK))
        except tomllib.TOMLDecodeError as fault:
            raise CourseError("course.not_toml", place=path, reason=fault) from fault

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return the text of the file.

        Raises:
            CourseError: it is not TOML in UTF-8.
            WorkspaceError: it cannot be read.
        """
        with doing(Phrase("action.read"), path):
            data = path.read_bytes()
        try:
            # Not read_text(), which would lose how lines end.
            return cls(path, data.decode())
        except UnicodeDecodeError as fault:
            raise CourseError("course.not_utf8", place=path, position=fault.start) from fault

    def names(self) -> tuple[str, ...]:
        """Return the names of the exercises."""
        return tuple(self._exercises(self._tables))

    def next_number(self) -> int:
        """Return one more than the highest number of an exercise."""
        found = (_NUMBER.match(name) for name in self.names())
        return max((int(match[1]) for match in found if match), default=0) + 1

    def chapter_for(self, asked: int | None) -> int:
        """Return the chapter that was asked for, or that of the last exercise.

        Raises:
            UsageError: the course has no such chapter.
        """
        chapters = [each["number"] for each in self._tables.get("chapters", []) if "number" in each]
        last = next((line.get("chapter") for line in reversed(self._exercises(self._tables).values())), None)
        chapter = asked or last or (chapters[-1] if chapters else 1)
        if chapter not in chapters:
            raise UsageError(
                "author.no_such_chapter",
                chapter=chapter,
                path=self._path,
                chapters=", ".join(map(str, chapters)) or "-",
            )
        return int(chapter)

    def with_exercise(self, name: str, *, chapter: int, fill: str, title: Mapping[str, str]) -> bytes:
        """Return the file's bytes with a line for one more exercise at the end of its table.

        Raises:
            UsageError: there is no table to which a line could be added.
        """
        titles = ", ".join(f"{lang} = {toml_string(said)}" for lang, said in title.items())
        line = f'{name} = {{ chapter = {chapter}, points = {_POINTS}, fill = ["{fill}"], title = {{ {titles} }} }}'
        end = "\r\n" if "\r\n" in self._text else "\n"
        due = {"chapter": chapter, "points": _POINTS, "fill": [fill], "title": dict(title)}
        for start in self._starts():
            after = _ANY_TABLE.search(self._text, start)
            head = self._text[: after.start() if after else len(self._text)]
            tail = self._text[len(head) :]
            # Blank lines before the next table stay before it.
            kept = head.rstrip()
            changed = f"{kept}{end}{line}{head[len(kept) :] or end}{tail}"
            if self._adds_only(changed, name, due):
                return changed.encode()
        raise UsageError("author.no_table", path=self._path)

    def _starts(self) -> list[int]:
        return [match.end() for match in _TABLE.finditer(self._text)]

    def _adds_only(self, changed: str, name: str, due: object) -> bool:
        """Tell whether the changed text says what it said before, and the new exercise besides."""
        try:
            tables = tomllib.loads(changed.removeprefix(_MARK))
        except tomllib.TOMLDecodeError:
            return False
        exercises = self._exercises(tables)
        if exercises.get(name) != due or list(exercises) != [*self.names(), name]:
            return False
        del exercises[name]
        return {**tables, "exercises": exercises} == {"exercises": {}, **self._tables}

    def _exercises(self, tables: Mapping[str, Any]) -> dict[str, Any]:
        found = tables.get("exercises", {})
        return found if isinstance(found, dict) else {}


def toml_string(text: str) -> str:
    """Return `text` as a string of TOML: one of JSON, in which a delete character is escaped too."""
    return msgspec.json.encode(text).decode().replace("\x7f", "\\u007f")
