"""Grade hostile files in a confined worker, and see that nothing of them stays behind."""

from __future__ import annotations

import tempfile
import time
import warnings
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.course import load_course
from grader.model import GradeOptions, GradeRequest, Limits, Report, Status
from grader.worker.confine import FULL, level
from grader.worker.preload import preload
from tests.hostile.verdicts import SHORT, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.model import Exercise
    from grader.worker.place import Starter

COURSE = Path(__file__).with_name("course")
SEEN = pytest.StashKey[set[str]]()
PATIENCE_S = 60.0
HONEST = "def double(x):\n    return 2 * x\n"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs the whole wall where the kernel gives less."""
    if level() != FULL:
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason=f"confinement here: {level()}"))


@pytest.fixture(scope="session")
def exercise() -> Exercise:
    """Return the one exercise of the hostile course."""
    return load_course(COURSE).exercises[0]


@pytest.fixture(scope="session")
def scratch_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which workers get their temporary folders."""
    return tmp_path_factory.mktemp("scratch")


@pytest.fixture(scope="session")
def starter(scratch_root: Path) -> Iterator[Starter]:
    """Return the way to start workers; closing it must leave no file."""
    preload(())
    from grader.judge.session import open_starter  # noqa: PLC0415 - as the commands do: torch first

    before = tempfile.tempdir
    tempfile.tempdir = str(scratch_root)
    try:
        # Workers must not inherit that pytest makes errors of warnings.
        with warnings.catch_warnings():
            warnings.resetwarnings()
            opened = open_starter("cpu")
    finally:
        tempfile.tempdir = before
    with opened:
        yield opened
    assert not list(scratch_root.iterdir())


@pytest.fixture
def verdict(starter: Starter, exercise: Exercise, tmp_path: Path) -> Verdict:
    """Return a function that grades a source text, each in a folder of its own."""
    from grader.judge.session import grade  # noqa: PLC0415 - as above

    numbers = count(1)

    def give(source: str | bytes, *, limits: Limits = SHORT, name: str = "ex01_double.py") -> Report:
        folder = tmp_path / f"submission{next(numbers)}"
        folder.mkdir()
        file = folder / name
        file.write_bytes(source if isinstance(source, bytes) else source.encode())
        options = GradeOptions(course=load_course(COURSE), seed=7, lang="en", device="cpu", limits=limits)
        return grade(GradeRequest(exercise, file), options=options, starter=starter).report

    return give


@pytest.fixture(autouse=True)
def honest_code_still_passes(request: pytest.FixtureRequest, verdict: Verdict, scratch_root: Path) -> Iterator[None]:
    """After every kind of attack: honest code passes, and no file of a worker is left."""
    yield
    if request.node.originalname not in _seen(request):
        assert verdict(HONEST).status is Status.PASSED
    # What an attack filled is removed on the side.
    end = time.monotonic() + PATIENCE_S
    while list(scratch_root.glob("*/*")) and time.monotonic() < end:
        time.sleep(0.02)
    assert not list(scratch_root.glob("*/*"))


def _seen(request: pytest.FixtureRequest) -> set[str]:
    """Return the names of the test functions before this one, and add this one."""
    seen = request.session.stash.setdefault(SEEN, set())
    before = set(seen)
    seen.add(request.node.originalname)
    return before
