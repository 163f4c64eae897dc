"""A pytest plugin that runs an exercise's checks on a file in the same process, as a plain homework script would.

`python -m pytest -p in_process --submission FILE CHECKS`: nothing is confined and no mistake is named.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from grader.judge.draw import Draw
    from grader.judge.student import Student

SEED = 7


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the file to grade."""
    parser.addoption("--submission", type=Path, required=True)


@pytest.fixture
def student(request: pytest.FixtureRequest) -> Student:
    """The names of the file, imported here."""
    from grader.judge.link import LocalLink  # noqa: PLC0415 - torch, as a homework script imports it
    from grader.judge.loading import load_names  # noqa: PLC0415
    from grader.judge.student import Courier, Student  # noqa: PLC0415

    return Student(Courier(LocalLink(load_names(request.config.getoption("--submission"))), seed=SEED))


@pytest.fixture
def draw() -> Draw:
    """A source of inputs."""
    from grader.judge.draw import Draw  # noqa: PLC0415 - as above

    return Draw(SEED)


@pytest.fixture
def device() -> str:
    """The CPU."""
    return "cpu"
