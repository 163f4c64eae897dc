"""Naming the mistake: a listed one by its behaviour, else how the result is off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch

from grader.judge.checks import spec_of, title_of
from grader.judge.compare import assert_close, assert_tensor, assert_unchanged, fail
from grader.judge.diagnose import Diagnosis, is_listed, relation_of
from grader.judge.loading import load_names
from grader.judge.plugin import CheckRun
from grader.judge.replay import rehearse
from grader.judge.student import Exchange, Transcript
from grader.judge.verdicts import BadReply, CheckFailed, LearnerError, WorkerDied
from grader.model import Mistake, Status, Text
from grader.worker.place import Ending
from grader.worker.wire import Call, Failure, Load, Success, TensorValue

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.model import Exercise, Lang
    from tests.judge.conftest import WriteExercise

CALL = Call(1, "f", (), (), 0)


def run_of(function: Callable[..., object], names: dict[str, Any], seed: int = 1) -> CheckRun:
    """Return the run of a check on names in this process."""
    rehearsal = rehearse(function, names, seed=seed, params={})
    run = CheckRun(function.__name__, function, spec_of(function), title_of(function), seed, {})
    run.transcript = rehearsal.transcript
    if rehearsal.error is not None:
        run.note(rehearsal.error)
    return run


def diagnose(
    exercise: Exercise, names: dict[str, Any], *, lang: Lang = "en", checks: tuple[str, ...] | None = None
) -> tuple[Mistake | None, dict[str, Mistake]]:
    """Return the diagnosis of an exercise's checks on names."""
    found = load_names(exercise.checks)
    wanted = checks or tuple(name for name in found if name.startswith("test_"))
    solution = load_names(exercise.solution)
    runs = [run_of(found[name], {**solution, **names}) for name in wanted]
    return Diagnosis(exercise, lang).name(runs, None)


@pytest.fixture
def exercise(write_exercise: WriteExercise) -> Exercise:
    """Return the small exercise."""
    return write_exercise().exercises[0]


def test_nothing_wrong_is_no_mistake(exercise: Exercise) -> None:
    """A right solution has none, and so has one that was never started."""
    assert diagnose(exercise, {}) == (None, {})
    runs = [CheckRun("t", fail, spec_of(fail), title_of(fail), 0, {}, status=Status.SKIPPED)]
    assert Diagnosis(exercise, "en").name(runs, None) == (None, {})


def test_a_listed_mistake_is_named_in_the_language_asked_for(exercise: Exercise) -> None:
    """The mistake that behaves alike names itself, for its checks and for the whole."""
    overall, by_check = diagnose(exercise, {"f": lambda x: 3 + x}, lang="zh")
    assert overall == Mistake("added", "加了三", "请乘以三。")
    # The gradient of x + 3 is wrong as well.
    assert by_check == {"test_values": overall, "test_gradient": overall}
    assert is_listed(overall)


def test_a_mistake_of_the_graph_alone_is_named(exercise: Exercise) -> None:
    """Right values without a graph are told from wrong values."""
    overall, by_check = diagnose(exercise, {"f": lambda x: torch.tensor(x.tolist()) * 3})
    assert overall is not None
    assert (overall.id, list(by_check)) == ("detached", ["test_gradient"])


def test_two_mistakes_are_both_named(exercise: Exercise) -> None:
    """Each check has its own; the one that explains more speaks for the exercise."""
    overall, by_check = diagnose(exercise, {"f": lambda x: 3 + x, "g": lambda n: n - 1})
    assert overall is not None
    assert overall.id == "added"
    assert {name: mistake.id for name, mistake in by_check.items()} == {
        "test_values": "added",
        "test_gradient": "added",
        "test_count": "taken",
    }


def test_what_nobody_listed_is_related(exercise: Exercise) -> None:
    """The general relation names itself as one."""
    overall, by_check = diagnose(exercise, {"f": lambda x: x * 6}, checks=("test_values",))
    assert overall is not None
    assert (overall.id, overall.title) == ("general.factor_two", "Every element is 2 times what is due")
    assert by_check == {"test_values": overall}
    assert not is_listed(overall)
    assert not is_listed(None)


def test_what_fits_nothing_has_no_name(exercise: Exercise) -> None:
    """No guess is made."""
    assert diagnose(exercise, {"f": lambda x: x.exp()}, checks=("test_values",)) == (None, {})
    assert diagnose(exercise, {"g": lambda _n: "many"}) == (None, {})


def test_a_check_may_name_the_mistake(exercise: Exercise) -> None:
    """Where randomness hides the match, the check's own word counts, also for an id that is not listed."""
    for id_, title in (("taken", "One is taken away"), ("unlisted", "unlisted")):
        run = CheckRun("test_named", on_meta, spec_of(on_meta), title_of(on_meta), 0, {})
        run.transcript = Transcript([Exchange("g", CALL, Success(1, 7))])
        run.note(CheckFailed(Text("wrong", "错"), mistake=id_))
        overall, _ = Diagnosis(exercise, "en").name([run], None)
        assert overall is not None
        assert (overall.id, overall.title) == (id_, title)


def test_a_file_that_did_not_load_is_not_replayed(exercise: Exercise) -> None:
    """Where no check code ran there is nothing to compare."""
    run = CheckRun("t", fail, spec_of(fail), title_of(fail), 0, {})
    run.note(LearnerError(Failure(1, "loading", "SyntaxError", "invalid"), "ex01.py"))
    assert Diagnosis(exercise, "en").name([run], None) == (None, {})


@pytest.mark.parametrize(
    "error",
    [BadReply(), WorkerDied(None, "f"), WorkerDied(Ending("threads", 0, 9, b""), "f"), RuntimeError("odd"), KeyError()],
)
def test_every_way_to_end_can_be_diagnosed(exercise: Exercise, error: Exception) -> None:
    """A lie, a death and an odd error have no mistake, and raise none of ours."""
    broken = Success(1, TensorValue("float32", (3, 2), b"too few", requires_grad=True))
    run = CheckRun("test_values", load_names(exercise.checks)["test_values"], spec_of(fail), title_of(fail), 1, {})
    run.transcript = Transcript([Exchange("", Load(1, b"", "", 0), Success(1, None)), Exchange("f", CALL, broken)])
    run.note(error)
    assert Diagnosis(exercise, "en").name([run], None) == (None, {})


def relation(check: Callable[[Any], object], function: Callable[..., Any]) -> str | None:
    """Return the key of the relation that a check on `f` ends with."""
    found = relation_of(run_of(check, {"f": function}))
    return found and found.key


def backward(student: Any) -> None:
    """Differentiate."""
    student.f(torch.ones(2, requires_grad=True)).sum().backward()


def value(student: Any) -> None:
    """Compare with ones."""
    assert_close(student.f(torch.ones(2)), torch.ones(2))


def unchanged(student: Any) -> None:
    """Look at the argument."""
    x = torch.ones(2)
    student.f(x)
    assert_unchanged(x, torch.ones(2), "x")


def on_meta(student: Any) -> None:
    """Call without contents."""
    assert_tensor(student.f(torch.ones(2, device="meta")))


def cuda_where_there_is_none(_x: torch.Tensor) -> torch.Tensor:
    """Raise what `x.cuda()` raises on a machine without a graphics card."""
    raise AssertionError("Torch not compiled with CUDA enabled")


@pytest.mark.parametrize(
    ("check", "wrong", "right", "key"),
    [
        (backward, lambda x: x.detach() * 2, lambda x: x * 2, "lost_graph"),
        (value, lambda _x: None, lambda x: x * 1, "none"),
        (value, lambda x: x.double(), lambda x: x * 1, "dtype"),
        (unchanged, lambda x: x.mul_(2), lambda x: x * 2, "changed_input"),
        (on_meta, lambda _x: torch.ones(2), torch.clone, "device"),
        (value, cuda_where_there_is_none, lambda x: x * 1, "device"),
        (value, lambda x: -x, lambda x: x * 1, "sign"),
        (value, lambda x: x.reshape(2, 1), lambda x: x * 1, "reshaped"),
        (value, lambda _x: 1 / 0, lambda x: x * 1, None),
    ],
)
def test_a_relation_follows_from_how_the_check_failed(
    check: Callable[[Any], object], wrong: Callable[..., Any], right: Callable[..., Any], key: str | None
) -> None:
    """Graph, None, dtype, device, a changed input: known from the failure; values and shapes from the tensors."""
    assert relation(check, wrong) == key
    assert relation(check, right) is None


def test_a_backward_without_a_graph_in_the_worker_is_a_lost_graph() -> None:
    """It may be the worker that has nothing to differentiate."""
    run = CheckRun("t", fail, spec_of(fail), title_of(fail), 0, {})
    run.note(LearnerError(Failure(1, "graph", "RuntimeError", "the result carries no graph"), "backward"))
    assert run.status is Status.FAILED
    found = relation_of(run)
    assert found is not None
    assert found.key == "lost_graph"
