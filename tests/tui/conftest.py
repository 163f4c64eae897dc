"""A small course, a workspace of it, and the program on a stage."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

import pytest

from grader.course import load_course
from grader.workspace import create_workspace
from tests.tui.stage import play

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path
    from typing import Any

    from grader.model import Course
    from grader.workspace import Workspace
    from tests.tui.stage import Stage


class Perform(Protocol):
    """Runs a scenario on the program; the options are those of `tests.tui.stage.play`."""

    def __call__(self, scenario: Callable[[Stage], Awaitable[None]], **options: Any) -> None:
        """Do it."""
        ...


@pytest.fixture
def course(course_root: Path) -> Course:
    """Return a course of three exercises."""
    return load_course(course_root)


@pytest.fixture
def workspace(course: Course, tmp_path: Path) -> Workspace:
    """Return a workspace of stubs."""
    return create_workspace(tmp_path / "practice", course).workspace


@pytest.fixture
def perform(course: Course, workspace: Workspace) -> Perform:
    """Return a function that runs a scenario."""
    return partial(play, course, workspace)
