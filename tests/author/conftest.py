"""A course that has nothing to do with tensors, and a copy of it to plant faults in."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from grader.author.proofs import Effort, Verification
from grader.author.running import verify
from grader.course import load_course

if TYPE_CHECKING:
    from grader.model import Lang

SECOND_COURSE = Path(__file__).with_name("course")


class Verify(Protocol):
    """Verifies the first exercise of the copy, in this process."""

    def __call__(self, *, seeds: int = 2, mutants: bool = False, lang: Lang = "en") -> Verification:
        """Do it."""
        ...


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Return a copy of the second course."""
    return Path(shutil.copytree(SECOND_COURSE, tmp_path / "second"))


@pytest.fixture
def first(copied: Path) -> Path:
    """Return the folder of the copy's first exercise."""
    return copied / "exercises" / "ex01_celsius"


@pytest.fixture
def verified(copied: Path) -> Verify:
    """Return a function that verifies the first exercise of the copy."""

    def run(*, seeds: int = 2, mutants: bool = False, lang: Lang = "en") -> Verification:
        course = load_course(copied)
        effort = Effort(right_seeds=seeds, mistake_seeds=seeds, mutants=mutants)
        (found,) = verify(course, course.exercises[:1], effort=effort, lang=lang)
        return found

    return run
