"""Replay a failed check on each named mistake: the one that behaves the same names it."""

from __future__ import annotations

import contextlib
import io
import math
import re
import signal
import threading
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from grader.judge.checks import NamedMistake
from grader.judge.draw import Draw
from grader.judge.link import LocalLink
from grader.judge.loading import load_names
from grader.judge.student import Courier, Student, Transcript
from grader.judge.verdicts import OutOfPatienceError
from grader.worker.preload import preload
from grader.worker.tensors import build_tensor
from grader.worker.wire import (
    ArrayValue,
    Failure,
    Gradients,
    Load,
    MapValue,
    ObjectValue,
    Reply,
    SequenceValue,
    Success,
    TensorValue,
    Value,
    WireError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import FrameType

    from grader.model import Exercise

RTOL = 1e-3
PATIENCE_S = 0.5


@dataclass(frozen=True)
class Rehearsal:
    """How a check went on trusted code."""

    transcript: Transcript
    error: BaseException | None


def load_mistakes(exercise: Exercise) -> tuple[NamedMistake, ...]:
    """Return the named mistakes of an exercise, in the order of the file."""
    if not exercise.mistakes.exists():
        return ()
    return tuple(value for value in load_names(exercise.mistakes).values() if isinstance(value, NamedMistake))


@dataclass(frozen=True)
class Lineup:
    """The named mistakes of an exercise, and the reference that lends them its other names."""

    mistakes: tuple[NamedMistake, ...]
    solution: Mapping[str, Any]

    def names(self, mistake: NamedMistake) -> dict[str, Any]:
        """Return the names of a learner who made `mistake`."""
        return {**self.solution, mistake.replaces: mistake.implementation}


def load_lineup(exercise: Exercise) -> Lineup:
    """Return the line-up of an exercise, with the modules that its workers had from the start."""
    preload(exercise.preload)
    return Lineup(load_mistakes(exercise), load_names(exercise.solution))


def rehearse(
    check: Callable[..., object],
    names: Mapping[str, object],
    *,
    seed: int,
    params: Mapping[str, object],
    patience_s: float = PATIENCE_S,
) -> Rehearsal:
    """Run `check` on trusted names in this process, through the same wire as a worker's."""
    courier = Courier(LocalLink(names), seed=seed)
    known = {"student": Student(courier), "draw": Draw(seed), "device": "cpu", **params}
    wanted = check.__code__.co_varnames[: check.__code__.co_argcount]
    rng = torch.random.get_rng_state()
    try:
        with _bounded(patience_s), contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            check(**{name: known[name] for name in wanted})
    except (Exception, OutOfPatienceError) as error:  # noqa: BLE001 - a check may raise anything
        return Rehearsal(courier.transcript, error)
    finally:
        torch.random.set_rng_state(rng)
    return Rehearsal(courier.transcript, None)


@contextlib.contextmanager
def _bounded(patience_s: float) -> Iterator[None]:
    """Raise in the block once it has computed for `patience_s`; without effect off the main thread.

    CPU time, not wall time: a busy machine must not make a mistake look endless.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_signum: int, _frame: FrameType | None) -> None:
        raise OutOfPatienceError

    before = signal.signal(signal.SIGPROF, interrupt)
    # Again and again: an exception raised in a destructor or a callback of the collector is lost.
    signal.setitimer(signal.ITIMER_PROF, patience_s, patience_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def same_behaviour(learner: Transcript, mistake: Transcript) -> bool:
    """Tell whether two transcripts of one check show the same replies, tensors within 0.1%."""
    mine = [e.reply for e in learner.exchanges if not isinstance(e.request, Load)]
    theirs = [e.reply for e in mistake.exchanges]
    try:
        return len(mine) == len(theirs) and all(map(_same_reply, mine, theirs))
    except (WireError, RuntimeError):
        # A reply that ended the check as unreadable, or a dtype without arithmetic.
        return False


def _same_reply(one: Reply | None, other: Reply | None) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, Success) and isinstance(other, Success):
        return (
            _same(one.value, other.value)
            and _same_pairs(one.tensors, other.tensors)
            and _same_pairs(one.containers, other.containers)
        )
    if isinstance(one, Failure) and isinstance(other, Failure):
        return (one.kind, one.type_name, _wording(one)) == (other.kind, other.type_name, _wording(other))
    if isinstance(one, Gradients) and isinstance(other, Gradients):
        return len(one.values) == len(other.values) and all(map(_same, one.values, other.values))
    return True


def _same_pairs(one: Sequence[tuple[int, Value]], other: Sequence[tuple[int, Value]]) -> bool:
    return [i for i, _ in one] == [i for i, _ in other] and all(
        _same(a, b) for (_, a), (_, b) in zip(one, other, strict=True)
    )


def _wording(failure: Failure) -> str:
    return re.sub(r"[\d.]+", "", failure.message)[:80]


def _same(one: Value, other: Value) -> bool:
    if isinstance(one, TensorValue) and isinstance(other, TensorValue):
        return _same_tensor(one, other)
    if isinstance(one, ArrayValue) and isinstance(other, ArrayValue):
        return _same_tensor(one.tensor, other.tensor)
    if isinstance(one, SequenceValue) and isinstance(other, SequenceValue):
        return one.kind == other.kind and len(one.items) == len(other.items) and all(map(_same, one.items, other.items))
    if isinstance(one, MapValue) and isinstance(other, MapValue):
        return len(one.items) == len(other.items) and all(
            _same(a, c) and _same(b, d) for (a, b), (c, d) in zip(one.items, other.items, strict=True)
        )
    if isinstance(one, ObjectValue) and isinstance(other, ObjectValue):
        return one.kind == other.kind
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=RTOL, abs_tol=1e-9) or (math.isnan(one) and math.isnan(other))
    return type(one) is type(other) and one == other


def _same_grad(one: TensorValue | None, other: TensorValue | None) -> bool:
    """Compare two gradients; one that was set to zero is as good as one that was set to None."""
    if one is not None and other is not None:
        return _same_tensor(one, other)
    left = one or other
    return left is None or not build_tensor(left, trusted=False).any()


def _same_tensor(one: TensorValue, other: TensorValue) -> bool:
    head = (one.dtype, one.shape, one.requires_grad, one.subclass, one.device.partition(":")[0])
    if head != (other.dtype, other.shape, other.requires_grad, other.subclass, other.device.partition(":")[0]):
        return False
    if not _same_grad(one.grad, other.grad):
        return False
    left, right = build_tensor(one, trusted=False), build_tensor(other, trusted=False)
    if left.is_meta:
        return True
    if left.is_complex():
        left, right = torch.view_as_real(left), torch.view_as_real(right)
    left, right = left.double(), right.double()
    size = right.abs().nan_to_num(posinf=0.0).max().item() if right.numel() else 0.0
    return torch.allclose(left, right, rtol=RTOL, atol=1e-5 * size, equal_nan=True)
