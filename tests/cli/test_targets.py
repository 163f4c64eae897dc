"""Which arguments of `grader check` are exercises and which are files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.cli.targets import Named, read_arguments
from grader.course import load_course

if TYPE_CHECKING:
    from grader.model import Course


@pytest.fixture
def course(course_root: Path) -> Course:
    """Return a small course."""
    return load_course(course_root)


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Return a folder with some files in it."""
    here = tmp_path / "here"
    (here / "sub").mkdir(parents=True)
    for name in ("mine.py", "notes.txt", "ex2", "ex01_first_steps.py", "sub/ex03_third_time.py"):
        (here / name).write_text("", encoding="utf-8")
    return here


def shown(named: Named, here: Path) -> list[str | tuple[str, str]]:
    """Return what was named in short."""
    files = [(each.exercise.id, str(each.file.relative_to(here))) for each in named.requests]
    return [*(each.id for each in named.exercises), *files]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], []),
        (["ex1"], ["ex1"]),
        (["1", "third_time", "ex01"], ["ex1", "ex3"]),
        (["ex2"], ["ex2"]),
        (["ex3", "mine.py"], [("ex3", "mine.py")]),
        (["mine.py", "ex3"], [("ex3", "mine.py")]),
        (["ex3", "notes.txt"], [("ex3", "notes.txt")]),
        (["ex3", "ex01_first_steps.py"], [("ex3", "ex01_first_steps.py")]),
        (["ex01_first_steps.py"], [("ex1", "ex01_first_steps.py")]),
        (["ex03_third_time.py"], ["ex3"]),
        (["sub/ex03_third_time.py"], [("ex3", "sub/ex03_third_time.py")]),
        (
            ["ex01_first_steps.py", "sub/ex03_third_time.py"],
            [("ex1", "ex01_first_steps.py"), ("ex3", "sub/ex03_third_time.py")],
        ),
    ],
)
def test_arguments(course: Course, here: Path, arguments: list[str], expected: list[str | tuple[str, str]]) -> None:
    """Names of exercises, files, a file with its exercise, and files by their names."""
    named = read_arguments(course, arguments, file=None, everything=False, here=here)
    assert shown(named, here) == expected


def test_file_option(course: Course, here: Path) -> None:
    """--file names the file, and its name the exercise if nothing else does."""
    named = read_arguments(course, ["ex2"], file=Path("mine.py"), everything=False, here=here)
    assert shown(named, here) == [("ex2", "mine.py")]
    named = read_arguments(course, [], file=Path("sub/ex03_third_time.py"), everything=False, here=here)
    assert shown(named, here) == [("ex3", "sub/ex03_third_time.py")]


def test_everything(course: Course, here: Path) -> None:
    """--all is every exercise in order."""
    named = read_arguments(course, [], file=None, everything=True, here=here)
    assert shown(named, here) == ["ex1", "ex2", "ex3"]
