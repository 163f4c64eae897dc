"""Every exercise is proven: texts, stub, right solutions in many styles, mistakes named as themselves, mutants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.author.proofs import Effort
from grader.author.running import verify
from grader.course import load_course

if TYPE_CHECKING:
    from grader.model import Exercise

COURSE = load_course(None)
LEAST_MISTAKES = 8
# The reference and four more.
LEAST_RIGHT = 5


@pytest.mark.parametrize("exercise", COURSE.exercises, ids=lambda exercise: exercise.name)
def test_exercise_is_proven(exercise: Exercise, pytestconfig: pytest.Config) -> None:
    """Nothing that an exercise claims is left to mend; `grader author verify` shows the same in full."""
    effort = Effort(
        right_seeds=pytestconfig.getoption("right_seeds"),
        mistake_seeds=pytestconfig.getoption("mistake_seeds"),
        mutants=not pytestconfig.getoption("no_mutants"),
    )
    # In this process: those of pytest-xdist keep the cores busy.
    (found,) = verify(COURSE, [exercise], effort=effort)
    assert len(found.mistakes) >= LEAST_MISTAKES
    assert len(found.solutions) >= LEAST_RIGHT
    assert found.stub == "not_started"
    wrong = [
        *found.texts,
        *(f"{each.file} was rejected: {each.faults}" for each in found.solutions if each.rejected),
        *(
            f"{each.id} was rejected at {each.rejected} of {each.seeds} seeds and taken for {each.diagnosed}"
            for each in found.mistakes
            if not each.is_proven
        ),
        *(f"no check rejects the mutant {name}" for name in found.mutants.survivors),
        *(f"no mutant needs the excuse {name}" for name in found.mutants.needless),
    ]
    assert not wrong, "\n".join(wrong)
    assert found.proven
