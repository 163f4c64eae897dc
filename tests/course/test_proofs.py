"""Every exercise is proven: texts, stub, right solutions in many styles, mistakes named as themselves, mutants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.author.proofs import Effort
from grader.author.running import verify
from grader.course import load_course

if TYPE_CHECKING:
    from grader.author.proofs import Verification
    from grader.model import Exercise

COURSE = load_course(None)
LEAST_MISTAKES = 8
# The reference and four more.
LEAST_RIGHT = 5


@pytest.fixture(scope="module", params=COURSE.exercises, ids=lambda exercise: exercise.name)
def proof(request: pytest.FixtureRequest) -> Verification:
    """Return what was found of an exercise, in this process: pytest-xdist has the others busy already."""
    exercise: Exercise = request.param
    effort = Effort(
        right_seeds=request.config.getoption("right_seeds"),
        mistake_seeds=request.config.getoption("mistake_seeds"),
        mutants=not request.config.getoption("no_mutants"),
    )
    (found,) = verify(COURSE, [exercise], effort=effort)
    return found


def test_texts_are_complete(proof: Verification) -> None:
    """All texts are there in both languages."""
    assert not proof.texts


def test_stub_is_not_started(proof: Verification) -> None:
    """The file that a learner starts from is told from a wrong answer."""
    assert proof.stub == "not_started"


def test_every_mistake_is_rejected_and_named(proof: Verification) -> None:
    """Each named mistake fails at every seed, and the diagnosis is that mistake."""
    assert len(proof.mistakes) >= LEAST_MISTAKES
    assert not [mistake for mistake in proof.mistakes if not mistake.is_proven]


def test_every_right_solution_passes(proof: Verification) -> None:
    """The reference and at least four more right solutions pass at every seed."""
    assert len(proof.solutions) >= LEAST_RIGHT
    assert not [solution for solution in proof.solutions if solution.rejected]


def test_every_mutant_is_rejected_or_excused(proof: Verification) -> None:
    """No check lets a change of the reference pass, but for those that are no mistakes and are excused by name."""
    assert not proof.mutants.survivors
    assert not proof.mutants.needless
