"""What is missing or half done in the files of an exercise, each told with its place."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from grader.author.prover import right_solutions
from grader.course import load_hints
from grader.errors import GraderError
from grader.judge.checks import spec_of, title_of
from grader.judge.plots import plot_trusted
from grader.model import LANGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from grader.author.prover import Prover
    from grader.model import Course, Exercise, Text
    from grader.texts import Catalog

# What the templates of a new exercise put before every text that is the author's to write.
MARK = "✎"
_CHINESE = re.compile("[\u4e00-\u9fff]")
_HINT = re.compile(r"^[ \t]*\[\[\s*hints\s*\]\]", re.MULTILINE)


def text_faults(course: Course, prover: Prover, catalog: Catalog) -> list[str]:
    """Return what to mend, one sentence each; nothing where all is complete in both languages."""
    return list(_Reading(course, prover, catalog).faults())


class _Reading:
    """One reading of the files of an exercise."""

    def __init__(self, course: Course, prover: Prover, catalog: Catalog) -> None:
        self._course = course
        self._prover = prover
        self._exercise: Exercise = prover.exercise
        self._say = catalog.say
        self._catalog = catalog

    def faults(self) -> Iterator[str]:
        yield from self._files()
        yield from self._left_over()
        yield from self._hints()
        yield from self._checks()
        yield from self._mistakes()
        yield from self._enough()
        yield from self._plot()

    def _place(self, path: Path, line: int | None = None) -> str:
        base = self._course.root.parent
        shown = (path.relative_to(base) if path.is_relative_to(base) else path).as_posix()
        return shown if line is None else f"{shown}:{line}"

    def _files(self) -> Iterator[str]:
        say, exercise = self._say, self._exercise
        for path_in in (exercise.task, exercise.after):
            for lang in LANGS:
                path = path_in(lang)
                if not path.is_file():
                    yield say("author.fault.missing", place=self._place(path))
                    continue
                text = _read(path)
                if not text.strip():
                    yield say("author.fault.empty", place=self._place(path))
                elif lang == "zh" and not _CHINESE.search(text):
                    yield say("author.fault.not_chinese", place=self._place(path))
        stub = _read(exercise.stub)
        for name in exercise.fill:
            if not re.search(rf"^(?:async def|def|class) {re.escape(name)}\b", stub, re.MULTILINE):
                yield say("author.fault.not_in_stub", place=self._place(exercise.stub), name=name)

    def _left_over(self) -> Iterator[str]:
        """Name what the templates of `grader author new` put there and nobody has written since."""
        exercise = self._exercise
        own = (path for path in sorted(exercise.folder.rglob("*")) if path.suffix in {".py", ".md", ".toml"})
        for path in (*own, exercise.solution):
            lines = [number for number, line in enumerate(_read(path).splitlines(), 1) if MARK in line]
            if lines:
                yield self._say("author.fault.template", place=self._place(path, lines[0]), mark=MARK, count=len(lines))
        path = self._course.root / "course.toml"
        others = tuple(other.name for other in self._course.exercises if other.name != exercise.name)
        lines = [
            number
            for number, line in enumerate(_read(path).splitlines(), 1)
            if MARK in line and not line.lstrip(' "\t').startswith(others)
        ]
        if lines:
            yield self._say("author.fault.template", place=self._place(path, lines[0]), mark=MARK, count=len(lines))

    def _hints(self) -> Iterator[str]:
        path = self._exercise.hints
        try:
            hints = load_hints(self._exercise)
        except GraderError as error:
            yield self._catalog.explain(error)
            return
        for nth, hint in enumerate(hints):
            if not _CHINESE.search(hint.text.zh):
                yield self._say("author.fault.not_chinese", place=self._place(path, _line_of(path, _HINT, nth)))

    def _checks(self) -> Iterator[str]:
        checks = self._prover.checks
        names = {check.__name__ for check in checks}
        if not checks:
            yield self._say("course.no_checks", path=self._place(self._exercise.checks))
        for check in checks:
            place = self._place(self._exercise.checks, check.__code__.co_firstlineno)
            if not (check.__doc__ or "").strip():
                yield self._say("author.fault.no_title", place=place, name=check.__name__)
            elif not _CHINESE.search(title_of(check).zh):
                yield self._say("author.fault.not_chinese", place=place)
            for needed in spec_of(check).needs:
                if needed not in names:
                    yield self._say("author.fault.no_such_check", place=place, name=check.__name__, needed=needed)

    def _mistakes(self) -> Iterator[str]:
        exercise = self._exercise
        lines = _lines_of_names(exercise.mistakes)
        for mistake in self._prover.mistakes:
            place = self._place(exercise.mistakes, lines.get(mistake.id))
            if mistake.replaces not in exercise.fill:
                yield self._say("author.fault.replaces", place=place, id=mistake.id, name=mistake.replaces)
            yield from self._text(place, mistake.title)
            yield from self._text(place, mistake.advice)

    def _text(self, place: str, text: Text) -> Iterator[str]:
        if not text.en.strip():
            yield self._say("author.fault.empty", place=place)
        if not _CHINESE.search(text.zh):
            yield self._say("author.fault.not_chinese", place=place)

    def _enough(self) -> Iterator[str]:
        least, count = self._course.least_mistakes, len(self._prover.mistakes)
        if count < least:
            place = self._place(self._exercise.mistakes)
            yield self._say("author.fault.few_mistakes", place=place, count=count, least=least)
        least, count = self._course.least_right, len(right_solutions(self._exercise)) - 1
        if count < least:
            yield self._say("author.fault.few_right", name=self._exercise.name, count=count, least=least)

    def _plot(self) -> Iterator[str]:
        if not self._exercise.plot.is_file():
            return
        try:
            plot_trusted(self._exercise, self._prover.solution, seed=0)
        except GraderError as error:
            yield self._catalog.explain(error)


def _read(path: Path) -> str:
    # A byte that is not UTF-8 shows as itself; the loader of the course says so where it matters.
    return path.read_text(encoding="utf-8-sig", errors="replace")


def _line_of(path: Path, begins: re.Pattern[str], nth: int = 0) -> int | None:
    text = _read(path)
    for seen, match in enumerate(begins.finditer(text)):
        if seen == nth:
            return text.count("\n", 0, match.end()) + 1
    return None


def _lines_of_names(path: Path) -> dict[str, int]:
    tree = ast.parse(_read(path))
    return {node.name: node.lineno for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
