"""Load a course folder, check its form, and find exercises by what people call them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import msgspec

import grader
from grader.errors import CourseError, UsageError
from grader.model import LANGS, Chapter, Course, Exercise, Hint, Lang, Text
from grader.sanitise import plain_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LEAST_HINTS = 3
_NAME = re.compile(r"ex(?P<number>[0-9]{2,})_(?P<slug>[a-z][a-z0-9_]*)")
_NUMBER = re.compile(r"(?:ex)?_?([0-9]{1,6})")
_DECODE_LINE = re.compile(r"\(at line ([0-9]+)")
_LONGEST_NAME = 60

_Record = TypeVar("_Record")
_NonEmpty = Annotated[str, msgspec.Meta(pattern=r"\S")]
_Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
_Module = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_.]*$")]
_Positive = Annotated[int, msgspec.Meta(ge=1)]


class _Title(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    en: _NonEmpty
    zh: _NonEmpty

    def text(self) -> Text:
        return Text(self.en, self.zh)


class _ChapterTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: _Positive
    title: _Title


class _ExerciseLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    chapter: _Positive
    points: Annotated[float, msgspec.Meta(gt=0)]
    fill: Annotated[tuple[_Name, ...], msgspec.Meta(min_length=1)]
    title: _Title
    preload: tuple[_Module, ...] = ()


class _LeastTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mistakes: _Positive = 1
    right: Annotated[int, msgspec.Meta(ge=0)] = 0


class _CourseFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: _Title
    chapters: Annotated[tuple[dict[str, Any], ...], msgspec.Meta(min_length=1)]
    exercises: Annotated[dict[str, Any], msgspec.Meta(min_length=1)]
    least: _LeastTable = _LeastTable()


class _HintTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    en: _NonEmpty
    zh: _NonEmpty
    article: _NonEmpty
    question: _Positive | None = None


class _HintsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    hints: tuple[dict[str, Any], ...]


class _ExcuseTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mutant: _NonEmpty
    reason: _NonEmpty


class _ExcusesFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    equivalent: tuple[dict[str, Any], ...]


def default_root() -> Path:
    """Return the course that came with the grader: in the wheel, or in the checkout."""
    package = Path(grader.__file__).resolve().parent
    packed = package / "_course" / "exercises"
    return packed if packed.is_dir() else package.parent / "exercises"


def load_course(root: Path | None = None) -> Course:
    """Load the course in `root`, or in its folder `exercises`, or the grader's own."""
    source = _read(_course_file(default_root() if root is None else root))
    tables = source.record(_CourseFile)
    chapters = tuple(_chapters(source, tables.chapters))
    known = {chapter.number for chapter in chapters}
    exercises: list[Exercise] = []
    for name, line in tables.exercises.items():
        place = source.at(re.escape(name))
        exercise = _exercise(place, name, line)
        if exercise.chapter not in known:
            raise place.error("course.no_such_chapter", name=name, chapter=exercise.chapter)
        for other in exercises:
            if exercise.id == other.id or exercise.slug == other.slug:
                raise place.error("course.same_exercise", name=name, other=other.name)
        _require_files(place, exercise)
        exercises.append(exercise)
    least = tables.least
    return Course(
        source.path.parent,
        tables.title.text(),
        chapters,
        tuple(exercises),
        least_mistakes=least.mistakes,
        least_right=least.right,
    )


def load_hints(exercise: Exercise) -> tuple[Hint, ...]:
    """Return the hints of `exercise`, the gentlest first."""
    source = _read(exercise.hints)
    tables = source.record(_HintsFile).hints
    if len(tables) < LEAST_HINTS:
        raise source.error("course.few_hints", count=len(tables), least=LEAST_HINTS)
    hints = []
    for nth, table in enumerate(tables):
        place = source.at(r"\[\[\s*hints\s*\]\]", nth)
        hint = place.convert(table, _HintTable)
        hints.append(Hint(Text(hint.en.strip(), hint.zh.strip()), hint.article, hint.question))
    return tuple(hints)


def read_after(exercise: Exercise, lang: Lang) -> str:
    """Return what a learner reads after a pass; nothing where the course says nothing."""
    path = exercise.after(lang)
    return _read(path).text.strip() if path.is_file() else ""


def load_excuses(exercise: Exercise) -> dict[str, str]:
    """Return the reasons why some mutants of the reference are no mistakes, by the mutant's name."""
    if not exercise.excuses.is_file():
        return {}
    source = _read(exercise.excuses)
    tables = source.record(_ExcusesFile).equivalent
    found = {}
    for nth, table in enumerate(tables):
        excuse = source.at(r"\[\[\s*equivalent\s*\]\]", nth).convert(table, _ExcuseTable)
        found[excuse.mutant] = excuse.reason
    return found


def find_exercise(course: Course, text: str) -> Exercise:
    """Return the exercise called `text`: an id, a number, a slug, a folder or file name."""
    asked = text.strip().casefold().removesuffix(".py").replace("-", "_").replace(" ", "_")
    number = _NUMBER.fullmatch(asked)
    for exercise in course.exercises:
        if asked in {exercise.name, exercise.slug, exercise.id}:
            return exercise
        if number and int(number[1]) == exercise.number:
            return exercise
    shown = plain_line(text, _LONGEST_NAME)
    nearest = _nearest(course, asked[:_LONGEST_NAME])
    if nearest is None:
        raise UsageError("course.no_exercise", asked=shown)
    raise UsageError("course.no_exercise_but", asked=shown, nearest=nearest)


def _nearest(course: Course, asked: str) -> str | None:
    # difflib is only wanted once somebody has mistyped.
    from difflib import get_close_matches  # noqa: PLC0415

    asked = f"ex{asked}" if asked.isdecimal() else asked
    forms = {form for each in course.exercises for form in (each.id, each.slug, each.name)}
    matches = get_close_matches(asked, sorted(forms), n=1, cutoff=0.5)
    return matches[0] if matches else None


class _Source(msgspec.Struct, frozen=True):
    """A TOML file of the course, and where in it we are: at the nth line that begins so."""

    path: Path
    text: str = ""
    begins: str | None = None
    nth: int = 0

    def at(self, begins: str, nth: int = 0) -> _Source:
        return _Source(self.path, self.text, begins, nth)

    def error(self, key: str, /, *, line: int | None = None, **params: object) -> CourseError:
        # Only an error asks for the line: searching for each would double the loading time.
        line = line or self._line()
        place = str(self.path) if line is None else f"{self.path}:{line}"
        return CourseError(key, place=place, **params)

    def record(self, kind: type[_Record]) -> _Record:
        # Imported here because forked graders get a course that is already loaded.
        import tomllib  # noqa: PLC0415

        try:
            tables = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as fault:
            found = _DECODE_LINE.search(str(fault))
            line = int(found[1]) if found else self.text.count("\n") + 1
            raise self.error("course.not_toml", line=line, reason=fault) from fault
        return self.convert(tables, kind)

    def convert(self, value: object, kind: type[_Record]) -> _Record:
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError as fault:
            raise self.error("course.bad_value", reason=fault) from fault

    def _line(self) -> int | None:
        if self.begins is None:
            return None
        starts = re.finditer(rf'^[ \t]*"?{self.begins}', self.text, re.MULTILINE)
        for seen, match in enumerate(starts):
            if seen == self.nth:
                return self.text.count("\n", 0, match.end()) + 1
        return None


def _read(path: Path) -> _Source:
    try:
        return _Source(path, path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as fault:
        raise _Source(path).error("course.not_utf8", position=fault.start) from fault
    except OSError as fault:
        raise _Source(path).error("course.unreadable", reason=fault.strerror) from fault


def _course_file(root: Path) -> Path:
    for folder in (root, root / "exercises"):
        if (folder / "course.toml").is_file():
            return (folder / "course.toml").absolute()
    key = "course.not_a_course" if root.is_dir() else "course.no_folder"
    raise CourseError(key, place=root)


def _chapters(source: _Source, tables: Sequence[dict[str, Any]]) -> Iterator[Chapter]:
    seen: set[int] = set()
    for nth, table in enumerate(tables):
        place = source.at(r"\[\[\s*chapters\s*\]\]", nth)
        chapter = place.convert(table, _ChapterTable)
        if chapter.number in seen:
            raise place.error("course.same_chapter", number=chapter.number)
        seen.add(chapter.number)
        yield Chapter(chapter.number, chapter.title.text())


def _exercise(place: _Source, name: str, line: object) -> Exercise:
    parts = _NAME.fullmatch(name)
    # int() drops zeros, so ex003 would share a file name pattern with ex03.
    if parts is None or parts["number"] != f"{int(parts['number']):02d}" or parts["number"] == "00":
        raise place.error("course.bad_name", name=plain_line(name, _LONGEST_NAME))
    fields = place.convert(line, _ExerciseLine)
    root = place.path.parent
    return Exercise(
        id=f"ex{int(parts['number'])}",
        slug=parts["slug"],
        folder=root / name,
        chapter=fields.chapter,
        title=fields.title.text(),
        points=fields.points,
        fill=fields.fill,
        preload=fields.preload,
        solution=root.parent / "solutions" / f"{name}.py",
    )


def _require_files(place: _Source, exercise: Exercise) -> None:
    tasks = [exercise.task(lang) for lang in LANGS]
    own = [exercise.stub, *tasks, exercise.hints, exercise.checks, exercise.mistakes]
    for path in (*own, exercise.solution):
        if not path.is_file():
            raise place.error("course.no_file", name=exercise.name, missing=path)
