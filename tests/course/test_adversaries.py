"""Code that tampers with what the judge handed over gains nothing by it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from grader.author.prover import Prover
from grader.course import find_exercise, load_course
from grader.model import Status

Tamper = Callable[[torch.Tensor, tuple[object, ...]], torch.Tensor]
COURSE = load_course(None)


def _ruined(result: torch.Tensor, args: tuple[object, ...]) -> torch.Tensor:
    """Return zeros in place of the result, and zero every tensor that was handed over."""
    for tensor in args:
        if isinstance(tensor, torch.Tensor):
            tensor.data.zero_()
    return result * 0


def _emptied(result: torch.Tensor, args: tuple[object, ...]) -> torch.Tensor:
    """Return nothing of the result, and empty every tensor that was handed over."""
    for tensor in args:
        if isinstance(tensor, torch.Tensor):
            tensor.data = tensor.data.flatten()[:0]
    return result.flatten()[:0]


def _without_contents(result: torch.Tensor, args: tuple[object, ...]) -> torch.Tensor:
    """Return a tensor of the right shape and dtype that has no contents to judge."""
    return result.detach().to("meta")


@pytest.mark.parametrize("tamper", [_ruined, _emptied, _without_contents])
@pytest.mark.parametrize(
    ("id_", "fair"),
    [
        # Where tensors have no contents, none can be wrong.
        ("ex3", {"test_device"}),
        # Zeros are right where f is a line or a constant.
        ("ex7", {"test_device", "test_linear", "test_trainable_slope", "test_constant"}),
    ],
)
def test_changing_the_arguments_does_not_change_what_is_due(id_: str, fair: set[str], tamper: Tamper) -> None:
    """A wrong result stays wrong where the arguments are made to fit it afterwards."""
    prover = Prover(find_exercise(COURSE, id_))
    (name,) = prover.exercise.fill
    right = prover.solution[name]

    def tampering(*args: object) -> torch.Tensor:
        return tamper(right(*args), args)

    for seed in range(5):
        passed = {run.name for run in prover.prove({name: tampering}, seed).runs if run.status is Status.PASSED}
        assert passed <= fair
        # What depends on a wrong check is skipped; each must fail by itself too.
        for check in prover.checks:
            if check.__name__ not in fair:
                assert prover.run(check, {name: tampering}, seed).status is not Status.PASSED, check.__name__
