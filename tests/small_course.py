"""A small course for tests, and the ways to write its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CHAPTERS = """\
title = { en = "A small course", zh = "小课程" }

[[chapters]]
number = 1
title = { en = "Beginnings", zh = "开端" }

[[chapters]]
number = 2
title = { en = "More", zh = "更多" }

[exercises]
"""
HINTS = "".join(
    f'[[hints]]\nen = "nudge {level}"\nzh = "提示 {level}"\narticle = "002"\nquestion = 5\n' for level in (1, 2, 3)
)
NAMES = {"ex01_first_steps": 1, "ex02_second_wind": 1, "ex03_third_time": 2}


class WriteCourse(Protocol):
    """Writes a course; `lines` replaces the lines of its exercises."""

    def __call__(self, *, head: str = CHAPTERS, lines: str | None = None) -> Path:
        """Do it."""
        ...


def line(name: str, *, chapter: int = 1, more: str = "") -> str:
    """Return the line of an exercise in course.toml."""
    title = f'{{ en = "Title of {name}", zh = "{name} 的标题" }}'
    return f'{name} = {{ chapter = {chapter}, points = 10, fill = ["f"], title = {title}{more} }}\n'


def write_exercise(folder: Path) -> None:
    """Write all files of one exercise into `folder`."""
    folder.mkdir(parents=True)
    stub = f'"""The stub of {folder.name}."""\n\n\ndef f():\n    raise NotImplementedError\n'
    (folder / "stub.py").write_text(stub, encoding="utf-8")
    (folder / "task.en.md").write_text(f"# Task of {folder.name}\n", encoding="utf-8")
    (folder / "task.zh.md").write_text(f"# {folder.name} 的题目\n", encoding="utf-8")
    (folder / "hints.toml").write_text(HINTS, encoding="utf-8")
    (folder / "checks.py").write_text('"""Checks."""\n', encoding="utf-8")
    (folder / "mistakes.py").write_text('"""Mistakes."""\n', encoding="utf-8")
    solution = folder.parent.parent / "solutions" / f"{folder.name}.py"
    solution.parent.mkdir(exist_ok=True)
    solution.write_text(f'"""The reference of {folder.name}."""\n', encoding="utf-8")


@pytest.fixture
def write_course(tmp_path: Path) -> WriteCourse:
    """Return a function that writes a course of three exercises."""

    def write(*, head: str = CHAPTERS, lines: str | None = None) -> Path:
        root = tmp_path / "course" / "exercises"
        for name in NAMES:
            write_exercise(root / name)
        usual = "".join(line(name, chapter=chapter) for name, chapter in NAMES.items())
        text = head + (usual if lines is None else lines)
        (root / "course.toml").write_text(text, encoding="utf-8")
        return root

    return write


@pytest.fixture
def course_root(write_course: WriteCourse) -> Path:
    """Return the folder of a small course without faults."""
    return write_course()
