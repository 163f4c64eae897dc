"""Which machines may grade a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from grader.batch.cluster.admission import admitted, setup_of
from grader.batch.cluster.wire import decode_setup, encode
from grader.course import load_course
from grader.errors import UsageError
from grader.model import GradeOptions, Limits
from grader.worker.confine import FULL
from tests.warm.conftest import write_small

if TYPE_CHECKING:
    from pathlib import Path

    from grader.batch.cluster.wire import Setup


def travelled(options: GradeOptions, *, unsafe: bool = False) -> Setup:
    """Return the setup of a run as another machine reads it."""
    return decode_setup(encode(setup_of(options, unsafe=unsafe)))


@pytest.fixture
def options(tmp_path: Path) -> GradeOptions:
    """Return how to grade by a course that a test may change."""
    limits = Limits(wall_s=3.0)
    return GradeOptions(course=write_small(tmp_path), seed=7, lang="zh", device="cuda", limits=limits)


def refused(setup: Setup, *, confinement: str = FULL) -> str:
    """Return the text by which a machine is refused."""
    with pytest.raises(UsageError) as caught:
        admitted(setup, confinement=confinement)
    return caught.value.key


def test_the_same_machine_grades_in_the_same_way(options: GradeOptions) -> None:
    """Seed, language, device, limits and course come out as they were."""
    assert admitted(travelled(options), confinement=FULL) == options


def test_the_own_course_may_lie_elsewhere() -> None:
    """The course that comes with the grader is found where the other machine has it."""
    options = GradeOptions(course=load_course(), seed=7, lang="en")
    assert travelled(options).root is None
    assert admitted(travelled(options), confinement=FULL) == options


def test_another_course_is_refused(options: GradeOptions) -> None:
    """A check that differs in one character is another course."""
    setup = travelled(options)
    with options.course.exercises[0].checks.open("a", encoding="utf-8") as file:
        file.write("#")
    assert refused(setup) == "cluster.other_course"


def test_a_course_that_is_not_there_is_refused(options: GradeOptions, tmp_path: Path) -> None:
    """A course of one's own has to lie at the same path."""
    setup = travelled(options)
    assert refused(msgspec.structs.replace(setup, root=str(tmp_path / "nowhere"))) == "cluster.no_course"


def test_another_grader_is_refused(options: GradeOptions) -> None:
    """Other code that decides is another grader."""
    assert refused(msgspec.structs.replace(travelled(options), engine="0")) == "cluster.other_grader"


@pytest.mark.parametrize("confinement", ["landlock", "seccomp", "limits", "none"])
def test_less_than_full_confinement_is_refused(options: GradeOptions, confinement: str) -> None:
    """It fails closed, and --unsafe travels."""
    assert refused(travelled(options), confinement=confinement) == "cluster.not_confined"
    assert admitted(travelled(options, unsafe=True), confinement=confinement) == options
