"""Running the command as a learner does: as a process in a folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import pytest

import grader

LANGUAGE_VARIABLES = frozenset({"GRADER_LANG", "GRADER_DEBUG", "LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR"})
# They would pass for the size of any terminal.
SIZE_VARIABLES = frozenset({"COLUMNS", "LINES"})
# A command that touches torch takes its time on a busy machine.
TIMEOUT_S = 120.0


class RunGrader(Protocol):
    """Runs `grader` with arguments; `env` adds to a neutral English environment."""

    def __call__(
        self,
        *arguments: str | Path,
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
        answer: str = "",
        prefix: tuple[str, ...] = (),
    ) -> subprocess.CompletedProcess[str]:
        """Do it."""
        ...


@pytest.fixture
def environment() -> dict[str, str]:
    """Return the environment of the tests without what sets the language."""
    kept = {name: value for name, value in os.environ.items() if name not in LANGUAGE_VARIABLES | SIZE_VARIABLES}
    return kept | {"LANG": "C.UTF-8", "PYTHONPATH": str(Path(grader.__file__).parent.parent)}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return an empty folder in which the command runs."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def run_grader(home: Path, course_root: Path, environment: dict[str, str]) -> RunGrader:
    """Return a function that runs `grader` on the small course."""

    def run(
        *arguments: str | Path,
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
        answer: str = "",
        prefix: tuple[str, ...] = (),
    ) -> subprocess.CompletedProcess[str]:
        words = [str(each) for each in arguments]
        return subprocess.run(
            [*prefix, sys.executable, "-m", "grader", "--course", str(course_root), *words],
            cwd=cwd or home,
            env=environment | (env or {}),
            input=answer,
            capture_output=True,
            encoding="utf-8",
            timeout=TIMEOUT_S,
            check=False,
        )

    return run


@pytest.fixture
def bound_by_permissions() -> tuple[str, ...]:
    """Return a prefix for a command that makes file permissions hold for root too."""
    if os.geteuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("root ignores permissions, and setpriv is not installed")
    return ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
