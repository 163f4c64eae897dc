"""Replaying a check on trusted code, and telling whether two went the same way."""

from __future__ import annotations

import random
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
import torch
from hypothesis import given

from grader.errors import CourseError
from grader.judge.compare import assert_close
from grader.judge.loading import load_names
from grader.judge.replay import OutOfPatienceError, load_mistakes, rehearse, same_behaviour
from grader.judge.student import Exchange, Transcript
from grader.judge.verdicts import CheckFailed, LearnerError
from grader.worker.tensors import tensor_value
from grader.worker.wire import (
    ArrayValue,
    Call,
    Exhausted,
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
)
from tests.wire_values import replies

if TYPE_CHECKING:
    from pathlib import Path

    from tests.judge.conftest import WriteExercise

CALL = Call(1, "f", (), (), 0)
LOAD = Load(1, b"", "ex01.py", 0)


def went(*answers: Reply | None, loaded: bool = False) -> Transcript:
    """Return a transcript with these replies."""
    head = [Exchange("ex01.py", LOAD, Success(1, None))] if loaded else []
    return Transcript([*head, *(Exchange("f", CALL, reply) for reply in answers)])


def same(one: Value, other: Value) -> bool:
    """Tell whether two transcripts of one call with these results are the same."""
    return same_behaviour(went(Success(1, one), loaded=True), went(Success(1, other)))


def tensor(*items: float, **flags: Any) -> TensorValue:
    """Return a float32 tensor of a reply."""
    return tensor_value(torch.tensor(items).requires_grad_(flags.get("grad", False)))


def test_loading_is_not_part_of_the_behaviour() -> None:
    """A learner's file is loaded, a mistake is not; the calls must agree in number."""
    assert same_behaviour(went(Success(1, 2), loaded=True), went(Success(9, 2)))
    assert not same_behaviour(went(Success(1, 2), Success(1, 2)), went(Success(1, 2)))
    assert same_behaviour(went(), went())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (tensor(1.0, 2.0), tensor(1.0004, 2.0)),
        (tensor(float("nan"), float("inf")), tensor(float("nan"), float("inf"))),
        (tensor(1000.0, 0.0), tensor(1000.0, 0.005)),
        (tensor(), tensor()),
        (1.0, 1.0 + 1e-6),
        (float("nan"), float("nan")),
        (None, None),
        (SequenceValue("list", (1, tensor(1.0))), SequenceValue("list", (1, tensor(1.0001)))),
        (MapValue((("a", 1.0),)), MapValue((("a", 1.0000001),))),
        (ObjectValue(1, "Net", "module"), ObjectValue(5, "Linear", "module")),
        (ArrayValue(tensor(1.0)), ArrayValue(tensor(1.0))),
        (tensor_value(torch.ones(2, device="meta")), tensor_value(torch.ones(2, device="meta"))),
        (tensor_value(torch.tensor([1j])), tensor_value(torch.tensor([1.0001j]))),
    ],
)
def test_rounding_makes_no_difference(one: Value, other: Value) -> None:
    """Numbers within 0.1% are the same behaviour, and so are objects of one kind."""
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (tensor(1.0, 2.0), tensor(1.01, 2.0)),
        (tensor(1.0), tensor(float("nan"))),
        (tensor(1.0), tensor(1.0, 1.0)),
        (tensor(1.0), tensor(1.0, grad=True)),
        (tensor(1.0), tensor_value(torch.ones(1).double())),
        (tensor(1.0), ArrayValue(tensor(1.0))),
        (tensor(1.0), tensor_value(torch.ones(1, device="meta"))),
        (tensor_value(torch.tensor([1j])), tensor_value(torch.tensor([2j]))),
        (1, 1.0),
        (1, True),
        (1.0, float("nan")),
        ("a", "b"),
        (None, 0),
        (SequenceValue("list", (1,)), SequenceValue("tuple", (1,))),
        (SequenceValue("list", (1,)), SequenceValue("list", (1, 2))),
        (MapValue((("a", 1),)), MapValue((("b", 1),))),
        (ObjectValue(1, "Net", "module"), ObjectValue(1, "Net", "iterator")),
        (TensorValue("float32", (2,), b""), tensor(1.0, 2.0)),
    ],
)
def test_another_result_is_another_behaviour(one: Value, other: Value) -> None:
    """Values, shapes, dtypes, graphs and kinds all count, and a broken tensor is like none."""
    assert not same(one, other)
    assert not same(other, one)


def test_gradients_and_changes_count() -> None:
    """What a call left in its arguments, and the gradients of a backward, belong to the behaviour."""
    for kind in (
        lambda value: Success(1, None, ((0, value),)),
        lambda value: Success(1, None, (), ((0, value),)),
        lambda value: Gradients(1, (None, value)),
    ):
        assert same_behaviour(went(kind(tensor(1.0))), went(kind(tensor(1.0))))
        assert not same_behaviour(went(kind(tensor(1.0))), went(kind(tensor(2.0))))
    assert not same_behaviour(went(Success(1, None, ((0, tensor(1.0)),))), went(Success(1, None)))
    assert not same_behaviour(went(Gradients(1, (None,))), went(Gradients(1, (tensor(1.0),))))


def test_a_gradient_cleared_to_zero_is_as_good_as_none() -> None:
    """Whether a gradient was set to zero or to None tells no two mistakes apart; one that is left does."""
    found = []
    for grad in (None, torch.zeros(1), torch.ones(1)):
        w = torch.ones(1, requires_grad=True)
        w.grad = grad
        found.append(tensor_value(w))
    none, zero, left = found
    assert same(none, zero)
    assert same(zero, none)
    assert not same(none, left)
    assert not same(left, zero)


def test_the_same_error_in_other_words_is_the_same() -> None:
    """Numbers in a message do not count, its type and wording do; a death is like a death."""
    failure = Failure(1, "raised", "RuntimeError", "size 3 must match 4.5")
    assert same_behaviour(went(failure), went(Failure(2, "raised", "RuntimeError", "size 30 must match 4")))
    for other in (
        Failure(1, "raised", "ValueError", "size 3 must match 4.5"),
        Failure(1, "raised", "RuntimeError", "shape 3 must match 4.5"),
        Success(1, None),
        Exhausted(1),
        None,
    ):
        assert not same_behaviour(went(failure), went(other))
    assert same_behaviour(went(Exhausted(1)), went(Exhausted(2)))
    assert same_behaviour(went(None), went(None))


@given(replies(), replies())
def test_hostile_transcripts_are_compared_without_a_fault(one: Reply, other: Reply) -> None:
    """Whatever a worker answered, the comparison ends."""
    assert same_behaviour(went(one), went(other)) in (True, False)


def check_f(student: Any, draw: Any, device: str, size: int) -> None:
    """Be a check."""
    x = draw.normal(size)
    assert device == "cpu"
    assert_close(student.f(x), x * 3)


def test_a_rehearsal_runs_the_check_on_trusted_names() -> None:
    """It passes, fails or raises as a worker's would, and is recorded."""
    for function, error in (
        (lambda x: x * 3, None),
        (lambda x: x * 2, CheckFailed),
        (lambda x: x.no_such, LearnerError),
    ):
        rehearsal = rehearse(check_f, {"f": function}, seed=1, params={"size": 3})
        assert (rehearsal.error and type(rehearsal.error)) is error
        assert len(rehearsal.transcript.exchanges) == 1


def test_a_rehearsal_is_silent_and_leaves_no_trace(capsys: pytest.CaptureFixture[str]) -> None:
    """Prints, warnings and torch's generator are as if it had not been."""

    def noisy(x: Any) -> Any:
        print("noise", torch.rand(1))  # noqa: T201 - the point
        return x * torch.tensor(3.0).numpy().item() + torch.empty(2, 3).T.T.sum() * 0

    state = torch.get_rng_state()
    assert isinstance(rehearse(check_f, {"f": noisy}, seed=1, params={"size": 3}).error, CheckFailed | None)
    assert torch.equal(torch.get_rng_state(), state)
    assert capsys.readouterr() == ("", "")


def test_the_same_seed_rehearses_the_same() -> None:
    """Mistakes that draw at random draw the same numbers in every rehearsal."""
    names = {"f": lambda x: x * random.random() * torch.rand(1)}  # noqa: S311 - the learner's
    state = random.getstate()
    one, other = (rehearse(check_f, names, seed=1, params={"size": 3}).transcript for _ in range(2))
    random.setstate(state)
    assert same_behaviour(one, other)
    assert one.exchanges[0].reply != Success(1, None)


def test_patience_is_bounded() -> None:
    """An endless mistake, even one that catches every Exception, ends; the alarm is put back."""

    def endless(_x: Any) -> Any:
        while True:
            try:
                while True:
                    pass
            except Exception:  # noqa: BLE001, S112 - as learners write it
                continue

    before = signal.getsignal(signal.SIGPROF)
    rehearsal = rehearse(check_f, {"f": endless}, seed=1, params={"size": 3}, patience_s=0.05)
    assert isinstance(rehearsal.error, OutOfPatienceError)
    assert signal.getsignal(signal.SIGPROF) is before
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_an_interruption_that_is_lost_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Raised in a destructor it has no effect on the mistake; the next one ends it."""

    class Slow:
        def __del__(self) -> None:
            until = time.process_time() + 0.15
            while time.process_time() < until:
                pass

    def endless(_x: Any) -> Any:
        Slow()
        while True:
            pass

    lost: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda found: lost.append(found.exc_type))
    rehearsal = rehearse(check_f, {"f": endless}, seed=1, params={"size": 3}, patience_s=0.1)
    assert lost == [OutOfPatienceError]
    assert isinstance(rehearsal.error, OutOfPatienceError)


def test_off_the_main_thread_there_is_no_alarm() -> None:
    """A rehearsal works in any thread."""
    found: list[object] = []
    thread = threading.Thread(
        target=lambda: found.append(rehearse(check_f, {"f": lambda x: x * 3}, seed=1, params={"size": 3}).error)
    )
    thread.start()
    thread.join()
    assert found == [None]


def test_a_courses_files_are_executed_with_their_folder(tmp_path: Path) -> None:
    """A file's names are returned, and its neighbours are importable while it is loaded."""
    (tmp_path / "neighbour_of_names.py").write_text("three = 3\n", encoding="utf-8")
    (tmp_path / "names.py").write_text("from neighbour_of_names import three\nx = three + 1\n", encoding="utf-8")
    assert load_names(tmp_path / "names.py")["x"] == 4


@pytest.mark.parametrize("text", ["1 / 0\n", "x = (\n", "raise NotImplementedError\n", None])
def test_a_courses_file_that_cannot_be_executed_is_named(tmp_path: Path, text: str | None) -> None:
    """The error says which file and why."""
    file = tmp_path / "names.py"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(CourseError) as caught:
        load_names(file)
    assert (caught.value.key, caught.value.params["path"]) == ("course.cannot_execute", file)


def test_mistakes_are_loaded_in_the_order_of_their_file(write_exercise: WriteExercise) -> None:
    """Only named mistakes count; an exercise may have none."""
    exercise = write_exercise().exercises[0]
    assert [mistake.id for mistake in load_mistakes(exercise)] == ["added", "detached", "endless", "taken"]
    exercise.mistakes.unlink()
    assert load_mistakes(exercise) == ()
