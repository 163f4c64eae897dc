"""Begin an exercise: a folder that explains itself, its reference, and its line in course.toml."""

from __future__ import annotations

import keyword
import re
import shutil
import string
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from grader.author.course_file import CourseText
from grader.course import default_root, load_course
from grader.durable import create_file, doing, replace_file
from grader.errors import UsageError
from grader.model import LANGS
from grader.texts import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SLUG = re.compile(r"[a-z][a-z0-9_]*")
_TEMPLATES = Path(__file__).with_name("template")
_PARTS = (
    "stub.py",
    *(f"{kind}.{lang}.md" for kind in ("task", "after") for lang in LANGS),
    "hints.toml",
    "checks.py",
    "mistakes.py",
)
# `student.run` is the proxy's own.
_TAKEN = frozenset({"run"})


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What an author asks for."""

    slug: str
    chapter: int | None = None
    title_en: str | None = None
    title_zh: str | None = None


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """What was made; `new_course` is the course's file where that is new too."""

    name: str
    exercise: str
    files: tuple[Path, ...]
    course_file: Path
    new_course: Path | None


def begin_exercise(course: Path | None, wish: Wish) -> Begun:
    """Make the next exercise of the course in the folder `course`, or of the grader's own.

    Where that folder holds no course yet, one is begun.

    Raises:
        UsageError: the wish cannot be granted, because a name is wrong or taken.
        CourseError: the course is broken.
        WorkspaceError: a file cannot be written.
    """
    if not _SLUG.fullmatch(wish.slug) or keyword.iskeyword(wish.slug) or wish.slug in _TAKEN:
        raise UsageError("author.bad_slug", slug=wish.slug)
    path, is_new = _course_file(course, wish)
    if not is_new:
        _refuse_what_exists(path, wish)
    text = CourseText.read(path) if not is_new else CourseText(path, _template("course.toml"))
    chapter = text.chapter_for(wish.chapter)
    number = text.next_number()
    name = f"ex{number:02d}_{wish.slug}"
    words = wish.slug.replace("_", " ")
    title = {"en": wish.title_en or f"✎ {words.capitalize()}", "zh": wish.title_zh or f"✎ {words}"}
    entered = text.with_exercise(name, chapter=chapter, fill=wish.slug, title=title)
    filled = {"slug": wish.slug, "number": str(number), "id": f"ex{number}"}
    filled |= {f"title_{lang}": said for lang, said in title.items()}
    with _undone_on_error() as made:
        files = _write_files(path.parent, name, filled, made)
        with doing(Phrase("author.make"), path):
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, entered)
    return Begun(
        name=name,
        exercise=f"ex{number}",
        files=files,
        course_file=path,
        new_course=path if is_new else None,
    )


def _course_file(course: Path | None, wish: Wish) -> tuple[Path, bool]:
    """Return where the course's file is, or should be, and whether it is new."""
    if course is None:
        root = default_root()
        if root.name == "exercises" and root.parent.name == "_course":
            raise UsageError("author.packed", path=root, slug=wish.slug)
        return root / "course.toml", False
    folder = course.absolute()
    for root in (folder, folder / "exercises"):
        if (root / "course.toml").exists():
            return root / "course.toml", False
    root = folder if folder.name == "exercises" else folder / "exercises"
    return root / "course.toml", True


def _refuse_what_exists(path: Path, wish: Wish) -> None:
    text = CourseText.read(path)
    if not text.names():
        return
    for exercise in load_course(path.parent).exercises:
        if exercise.slug == wish.slug:
            raise UsageError("author.slug_taken", name=exercise.name, exercise=exercise.id)


def _write_files(root: Path, name: str, filled: Mapping[str, str], made: list[Path]) -> tuple[Path, ...]:
    folder = root / name
    of_tests = root.parent / "tests" / "course" / "right"
    right = of_tests / name if of_tests.is_dir() else folder / "right"
    contents = {folder / part: _template(part) for part in _PARTS}
    contents[right / "another_way.py"] = _template("right.py")
    contents[root.parent / "solutions" / f"{name}.py"] = _template("solution.py")
    for taken in (folder, right, root.parent / "solutions" / f"{name}.py"):
        if taken.exists() or taken.is_symlink():
            raise UsageError("author.exists", path=taken)
    for path, template in contents.items():
        with doing(Phrase("author.make"), path):
            made += [parent for parent in (path.parent, *path.parents) if not parent.exists() and parent not in made]
            path.parent.mkdir(parents=True, exist_ok=True)
            data = string.Template(template).substitute(filled).encode()
            if not create_file(path, data):
                raise UsageError("author.exists", path=path)
        made.append(path)
    return tuple(contents)


@contextmanager
def _undone_on_error() -> Iterator[list[Path]]:
    """Give a list for what is made in the block, and take all of it away if the block fails."""
    made: list[Path] = []
    try:
        yield made
    except BaseException:
        for path in reversed(made):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        raise


def _template(part: str) -> str:
    return (_TEMPLATES / f"{part}.tmpl").read_text(encoding="utf-8")
