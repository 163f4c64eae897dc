"""Judging code on tensors of another device, without having one."""

from __future__ import annotations

import subprocess
import sys
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
    "a weight of the gradient": lambda x: slope(x, torch.ones(4, 3)),
    "a gradient by hand": lambda x: with_grad(x, torch.zeros(4, 3)),
}
RIGHTFUL = {
    "the device of the input": lambda x: x + torch.zeros(4, 3, device=x.device),
    "like the input": lambda x: x * torch.ones_like(x),
    "a number of the CPU": lambda x: x + torch.tensor(2.0),
    "an index of the CPU": lambda x: x[torch.randperm(4)],
    "a copy": lambda x: torch.zeros(4, 3).to(x.device) + x,
    "a weight of the gradient": lambda x: slope(x, torch.ones_like(x)),
}
HIDDEN = {
    "through the CPU and back": lambda x: x.cpu().to(x.device),
    "a value that steers": lambda x: x if x.sum() > 0 else -x,
    "a number of its values": lambda x: x * x.max().item(),
}


def slope(x: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Return the derivative of x³ times weights."""
    x = x.detach().requires_grad_()
    return torch.autograd.grad(x**3, x, weights)[0]


def with_grad(x: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    """Return x with a gradient put in by hand."""
    x = x.detach().requires_grad_()
    x.grad = gradient
    return x


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


@pytest.mark.parametrize(
    "function", [lambda x: torch.as_tensor(x.numpy()), lambda x: x.index_select(0, torch.arange(2))]
)
def test_what_an_exercise_leaves_open_is_held_against_nobody(function: Callable[[torch.Tensor], Any]) -> None:
    """An exercise may spare ways that are right on the CPU; what else mixes devices still fails."""
    with pytest.raises(NotJudged), elsewhere(spared=("numpy", "index_select")) as device:
        student_of(f=function).f(torch.empty(4, 3, device=device))
    with pytest.raises(CheckFailed), elsewhere(spared=("numpy", "index_select")) as device:
        student_of(f=lambda x: x + torch.zeros(4, 3)).f(torch.empty(4, 3, device=device))


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


OPERATIONS = """
import sys, torch
from grader.worker.mixing import watching
with watching(needed=True):
    x, w = torch.empty(5, 3, device="meta"), torch.nn.Parameter(torch.empty(5, 3, device="meta"))
    ((x - w) ** 2 / 2).sum().backward()
    torch.nn.Linear(3, 2).to("meta")(x).sigmoid()
    w.data.sub_(0.1 * w.grad / 4), x[torch.randperm(5)], torch.softmax(x, 1), torch.exp(x).mean(), torch.cat([x, x])
sys.exit("torch._dynamo" in sys.modules)
"""


def test_no_compiler_is_imported_for_it() -> None:
    """It would double the time of a cold check."""
    done = subprocess.run([sys.executable, "-c", OPERATIONS], check=False)
    assert done.returncode == 0
