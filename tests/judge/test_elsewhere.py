"""Judging code on tensors of another device, without having one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch

from grader.judge import NotJudged, assert_device, elsewhere
from grader.judge.verdicts import CheckFailed
from tests.judge.conftest import student_of

if TYPE_CHECKING:
    from collections.abc import Callable


MIXING = {
    "a new tensor": lambda x: x + torch.zeros(4, 3),
    "a matrix product, which meta alone would let pass": lambda x: x @ torch.ones(3, 1),
    "an in-place sum into the CPU": lambda x: torch.zeros(4, 3).add_(x),
    "a loss": lambda x: torch.nn.functional.mse_loss(x, torch.zeros(4, 3)),
    "gather": lambda x: x.gather(1, torch.zeros(4, 1, dtype=torch.long)),
    "numpy on the way": lambda x: torch.as_tensor(x.numpy()),
    "a result of its own": lambda x: torch.zeros(len(x), 3),
    "a layer": torch.nn.Linear(3, 3),
    "a graphics card by name": lambda x: x.cuda(),
}
RIGHTFUL = {
    "the device of the input": lambda x: x + torch.zeros(4, 3, device=x.device),
    "like the input": lambda x: x * torch.ones_like(x),
    "a number of the CPU": lambda x: x + torch.tensor(2.0),
    "an index of the CPU": lambda x: x[torch.randperm(4)],
    "a copy": lambda x: torch.zeros(4, 3).to(x.device) + x,
}
HIDDEN = {
    "through the CPU and back": lambda x: x.cpu().to(x.device),
    "a value that steers": lambda x: x if x.sum() > 0 else -x,
    "a number of its values": lambda x: x * x.max().item(),
}


def judge(function: Callable[[torch.Tensor], Any]) -> None:
    """Run the check that a function returns four rows of three on the device of its input."""
    student = student_of(f=function)
    with elsewhere(mistake="mixes") as device:
        assert_device(student.f(torch.empty(4, 3, device=device)), device)


@pytest.mark.parametrize("function", MIXING.values(), ids=MIXING)
def test_mixed_devices_are_found(function: Callable[[torch.Tensor], Any]) -> None:
    """What a GPU would refuse fails, and names the mistake."""
    with pytest.raises(CheckFailed) as failed:
        judge(function)
    assert failed.value.mistake == "mixes"
    assert failed.value.relation == "device"


@pytest.mark.parametrize("function", RIGHTFUL.values(), ids=RIGHTFUL)
def test_what_a_gpu_accepts_passes(function: Callable[[torch.Tensor], Any]) -> None:
    """No right way to the device of the input is taken for a mixture."""
    judge(function)


@pytest.mark.parametrize("function", HIDDEN.values(), ids=HIDDEN)
def test_what_cannot_be_followed_is_not_judged(function: Callable[[torch.Tensor], Any]) -> None:
    """Values that steer, and ways through the CPU, are held against nobody."""
    with pytest.raises(NotJudged):
        judge(function)


def test_generators_and_probes_are_watched_too() -> None:
    """Mixing inside an iterator, and inside a probe, counts."""

    def batches(x: torch.Tensor) -> Any:
        yield x @ torch.ones(3, 1)

    with pytest.raises(CheckFailed), elsewhere() as device:
        list(student_of(f=batches).f(torch.empty(4, 3, device=device)))
    with pytest.raises(CheckFailed), elsewhere() as device:
        student_of(f=lambda x: x @ torch.ones(3, 1)).run(probe, torch.empty(4, 3, device=device))


def probe(names: Any, x: torch.Tensor) -> torch.Tensor:
    """Call the learner's function."""
    result: torch.Tensor = names.f(x)
    return result
