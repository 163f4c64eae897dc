"""Every check is proven: named mistakes fail as themselves, right solutions pass in many styles."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from grader.author import Prover
from grader.course import load_course
from grader.judge.replay import load_names
from grader.model import Exercise, Status

# More threads than cores only stall these small tensors.
torch.set_num_threads(1)
EXERCISES = load_course(None).exercises
RIGHT = Path(__file__).with_name("right")


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_every_mistake_is_rejected_and_named(exercise: Exercise, pytestconfig: pytest.Config) -> None:
    """Each named mistake fails at every seed, and the diagnosis is that mistake."""
    prover = Prover(exercise)
    assert len(prover.mistakes) >= 8
    wrong = []
    for seed in range(pytestconfig.getoption("mistake_seeds")):
        for mistake in prover.mistakes:
            proof = prover.prove_mistake(mistake, seed)
            if proof.passed or proof.diagnosed != mistake.id:
                failed = [run.name for run in proof.runs if run.status is not Status.PASSED]
                wrong.append(f"seed {seed}: {mistake.id} was taken for {proof.diagnosed}, failing {failed}")
    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_every_right_solution_passes(exercise: Exercise, pytestconfig: pytest.Config) -> None:
    """The reference and at least four more right solutions pass at every seed."""
    prover = Prover(exercise)
    files = [exercise.solution, *sorted((RIGHT / exercise.name).glob("*.py"))]
    assert len(files) >= 5
    wrong = []
    for file in files:
        names = load_names(file)
        for seed in range(pytestconfig.getoption("right_seeds")):
            wrong += [
                f"{file.name} at seed {seed}: {run.name} {run.status}: {run.error}"
                for run in prover.prove(names, seed).runs
                if not run.held
            ]
    assert not wrong, "\n".join(wrong[:20])
