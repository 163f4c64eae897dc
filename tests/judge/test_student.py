"""The student proxy: it reads like an ordinary call, and no reply can surprise it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grader.judge.compare import assert_close
from grader.judge.draw import Draw, derive_seed
from grader.judge.link import LocalLink
from grader.judge.show import show_object
from grader.judge.student import Courier, NumpyValue, RemoteObject, Student, bind
from grader.judge.verdicts import BadReply, CheckFailed, LearnerError
from grader.worker.wire import (
    ArrayValue,
    Call,
    Exhausted,
    Failure,
    Gradients,
    Hello,
    Load,
    MapValue,
    NumberValue,
    ObjectValue,
    Run,
    SequenceValue,
    Success,
    TensorValue,
)
from tests.judge.conftest import FakeLink, liar, student_of
from tests.wire_values import possible_tensor_values, python_values, replies, same_value, tensor_values

if TYPE_CHECKING:
    from grader.worker.wire import Reply, Value

ONE = TensorValue("float32", (1,), b"\0\0\x80?")


def add_one(x: Any) -> Any:
    """Return x + 1, in a worker."""
    return x + 1


def scaled(x: Any, factor: Any) -> Any:
    """Return x · factor, in a worker."""
    return x * factor


def test_a_call_reads_like_an_ordinary_one() -> None:
    """Arguments go over and the result comes back, nested as it was."""
    student = student_of(f=lambda x, *, k: {"sum": x + k, "parts": [x, (k, None)]})
    result = student.f(torch.ones(2), k=3)
    assert result["sum"].tolist() == [4.0, 4.0]
    assert (result["parts"][0].tolist(), result["parts"][1]) == ([1.0, 1.0], (3, None))


@given(python_values())
@pytest.mark.filterwarnings("ignore:ComplexHalf support")
def test_any_plain_value_comes_back_as_it_went(value: Any) -> None:
    """What a function returns unchanged is the argument again."""
    assert same_value(student_of(f=lambda x: x).f(value), value)


def test_an_argument_changed_in_place_comes_back_changed() -> None:
    """Values, gradients and shapes of the judge's own tensors follow what the learner did."""

    def change(values: Any, zeroed: Any, dropped: Any, reshaped: Any) -> None:
        values.mul_(2)
        zeroed.grad.zero_()
        dropped.grad = None
        reshaped.data = torch.zeros(3)

    values, zeroed, dropped, reshaped = (torch.ones(2, requires_grad=n > 0) for n in range(4))
    zeroed.grad, dropped.grad = torch.ones(2), torch.ones(2)
    assert student_of(f=change).f(values, zeroed, dropped, reshaped) is None
    assert values.tolist() == [2.0, 2.0]
    assert zeroed.grad is not None
    assert zeroed.grad.tolist() == [0.0, 0.0]
    assert dropped.grad is None
    assert (reshaped.tolist(), reshaped.requires_grad) == ([0.0, 0.0, 0.0], True)


def test_a_step_of_sgd_changes_the_judges_parameters() -> None:
    """The parameters keep their identity, as an optimiser of the judge's would need."""

    def sgd(params: Any, lr: float, batch_size: int) -> None:
        with torch.no_grad():
            for param in params:
                param.sub_(lr * param.grad / batch_size)
                param.grad.zero_()

    w = torch.tensor([[1.0], [2.0]], requires_grad=True)
    b = torch.nn.Parameter(torch.tensor(3.0))
    w.grad, b.grad = torch.ones(2, 1), torch.tensor(5.0)
    student_of(sgd=sgd).sgd([w, b], 0.1, 10)
    assert_close(w.detach(), torch.tensor([[0.99], [1.99]]))
    assert_close(b.detach(), torch.tensor(2.95))
    assert (w.grad.tolist(), b.grad.item(), type(b)) == ([[0.0], [0.0]], 0.0, torch.nn.Parameter)


def test_a_transposed_argument_is_changed_where_it_lies() -> None:
    """A view's elements land in the judge's base tensor."""
    base = torch.zeros(2, 3)
    student_of(f=lambda x: x[2].fill_(7)).f(base.T)
    assert base.tolist() == [[0.0, 0.0, 7.0], [0.0, 0.0, 7.0]]


def test_lists_and_dicts_are_changed_too() -> None:
    """A list that was extended, and a dict that was filled, are the judge's own objects."""
    items, table = [1], {"old": 1}

    def change(a: Any, b: Any) -> None:
        a.append(torch.ones(1))
        b.clear()
        b["new"] = [2]

    student_of(f=change).f(items, table)
    assert (items[0], items[1].tolist(), table) == (1, [1.0], {"new": [2]})


def test_a_generator_argument_is_a_generator() -> None:
    """`net.parameters()` and the like can be passed on: they are used up by one pass."""
    student = student_of(f=lambda g: (type(g).__name__, sum(g), sum(g)))
    assert student.f(n for n in (1, 2)) == ("generator", 3, 0)


def test_functions_go_over_with_values_bound_behind() -> None:
    """A trusted function runs beside the learner's code; its tensors are not the call's own."""
    student = student_of(f=lambda function, x: (x.mul_(10), function(x))[1])
    assert student.f(add_one, torch.ones(1)).tolist() == [11.0]
    factor, x = torch.full((1,), 3.0), torch.ones(1)
    assert student.f(bind(scaled, factor), x).tolist() == [30.0]
    assert (factor.item(), x.item()) == (3.0, 10.0)


def test_gradients_pass_by_a_bound_tensor() -> None:
    """A tensor bound to a function is a constant of the call, even one that wants gradients."""
    factor, x = torch.full((1,), 3.0, requires_grad=True), torch.ones(1, requires_grad=True)
    student_of(f=lambda function, x: function(x)).f(bind(scaled, factor), x).sum().backward()
    assert x.grad is not None
    assert (x.grad.item(), factor.grad) == (3.0, None)


def test_a_probe_runs_beside_the_learners_names() -> None:
    """A probe gets the names and its own arguments, and returns plain data."""

    def probe(names: Any, x: Any, k: int = 1) -> Any:
        return names.f(x) * k, math.pi > torch.pi - 1  # type: ignore[name-defined]  # noqa: F821 - a probe is given math

    assert student_of(f=add_one).run(probe, 2, k=10) == (30, True)


def test_modules_stay_and_are_called() -> None:
    """A module is an object of the worker: called, its methods called, handed on, never copied."""

    class Net(torch.nn.Module):
        def __init__(self, size: int) -> None:
            super().__init__()
            self.scale = torch.nn.Parameter(torch.full((size,), 2.0))

        def forward(self, x: Any) -> Any:
            return x * self.scale

        def shifted(self, x: Any, *, by: float) -> Any:
            return self(x) + by

    student = student_of(Net=Net, use=lambda net, x: net(x) + 1)
    net = student.Net(2)
    assert isinstance(net, RemoteObject)
    assert show_object(net) == "<Net>"
    x = torch.tensor([1.0, 3.0], requires_grad=True)
    assert net(x).tolist() == [2.0, 6.0]
    assert net.shifted(x, by=1.0).tolist() == [3.0, 7.0]
    assert student.use(net, x).tolist() == [3.0, 7.0]
    net(x).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [2.0, 2.0]
    with pytest.raises(AttributeError):
        _ = net._scale


def test_endless_iterators_are_taken_from_bit_by_bit() -> None:
    """A generator that never ends is no trouble; a list-like object can be iterated twice."""

    class Pairs:
        def __iter__(self) -> Any:
            return iter([1, 2])

    student = student_of(count=lambda: (torch.full((1,), n) for n in itertools.count()), Pairs=Pairs)
    assert [batch.item() for batch in itertools.islice(student.count(), 3)] == [0, 1, 2]
    pairs = student.Pairs()
    assert (list(pairs), list(pairs)) == ([1, 2], [1, 2])


def test_numpy_results_are_told_from_tensors() -> None:
    """An array is no tensor, but its numbers can be had."""
    value = student_of(f=lambda: np.float32(1.5)).f()
    assert isinstance(value, NumpyValue)
    assert float(value) == 1.5


def test_a_tensor_subclass_is_refused() -> None:
    """A subclass, whose operators could lie, is told from a plain tensor."""

    class Mine(torch.Tensor):
        pass

    with pytest.raises(CheckFailed, match="Mine came back"):
        student_of(f=lambda: [torch.ones(1).as_subclass(Mine)]).f()
    assert student_of(f=lambda: torch.nn.Parameter(torch.ones(1))).f().tolist() == [1.0]


def test_a_result_on_another_device_is_refused() -> None:
    """Where the arguments lie on meta, so must the result; without tensors any device will do."""
    student = student_of(f=lambda *_: torch.ones(1), g=torch.clone)
    assert student.g(torch.ones(1, device="meta")).is_meta
    with pytest.raises(CheckFailed, match="lies on cpu though the arguments lie on meta") as caught:
        student.f(torch.ones(1, device="meta"))
    assert caught.value.relation == "device"
    assert student.f(1).tolist() == [1.0]


def test_errors_of_the_learner_are_errors_of_the_learner() -> None:
    """What the code under test raises arrives as one exception type, with its failure."""
    with pytest.raises(LearnerError, match="ZeroDivisionError: division by zero") as caught:
        student_of(f=lambda: 1 / 0).f()
    assert caught.value.call == "f"
    with pytest.raises(LearnerError) as missing:
        student_of().f()
    assert missing.value.failure.kind == "missing"


def test_what_cannot_be_sent_is_the_checks_own_error() -> None:
    """An object of the judge's never leaves it."""
    with pytest.raises(TypeError, match="a Draw cannot be sent"):
        student_of(f=lambda x: x).f(Draw(0))


def test_private_names_are_no_calls() -> None:
    """What Python and pytest ask of a proxy by a private name is not sent to the worker."""
    link = FakeLink()
    student = Student(Courier(link, seed=0))
    with pytest.raises(AttributeError):
        _ = student._wrapped
    assert not hasattr(student, "__len__")
    assert link.requests == []


def test_each_call_has_a_seed_of_its_own_that_can_be_replayed() -> None:
    """Calls draw different numbers, and the same ones in another courier of the same seed."""
    names = {"f": lambda: torch.rand(1).item()}
    state = torch.get_rng_state()
    one, other, third = (Student(Courier(LocalLink(names), seed=seed)) for seed in (1, 1, 2))
    drawn = [one.f(), one.f()]
    again, elsewhere = [other.f(), other.f()], [third.f(), third.f()]
    torch.set_rng_state(state)
    assert drawn == again
    assert len({*drawn, *elsewhere}) == 4


def test_all_that_passed_is_recorded() -> None:
    """The transcript holds every request with its reply, in order, also one that failed."""
    courier = Courier(LocalLink({"f": add_one, "g": lambda: 1 / 0}), seed=0)
    student = Student(courier)
    student.f(1)
    with pytest.raises(LearnerError):
        student.g()
    kinds = [(e.label, type(e.request), type(e.reply)) for e in courier.transcript.exchanges]
    assert kinds == [("f", Call, Success), ("g", Call, Failure)]
    last = courier.transcript.last_call()
    assert last is not None
    assert last.label == "g"
    student.f(2)
    assert courier.transcript.last_call() is courier.transcript.exchanges[2]


def test_loading_sends_the_file_with_a_seed() -> None:
    """The source goes as it is; its seed differs from those of the calls."""
    link = FakeLink(Success(1, None), Success(2, 5))
    courier = Courier(link, seed=3)
    courier.load(b"x = 1", "ex01.py")
    assert Student(courier).f() == 5
    load, call = link.requests
    assert load == Load(1, b"x = 1", "ex01.py", derive_seed(3, "load"))
    assert isinstance(call, Call)
    assert call.seed != load.seed


@pytest.mark.parametrize(
    "reply",
    [
        Hello("full"),
        Exhausted(1),
        Gradients(1, ()),
        Success(1, TensorValue("float32", (2,), b"")),
        Success(1, TensorValue("float32", (1 << 62,), b"", "meta")),
        Success(1, ArrayValue(TensorValue("float32", (2,), b""))),
        Success(1, SequenceValue("deque", ())),
        Success(1, MapValue(((SequenceValue("list", ()), 1),))),
        Success(1, NumberValue("int", "ten")),
        Success(1, None, ((1, ONE),)),
        Success(1, None, ((1 << 62, ONE),)),
        Success(1, None, ((0, TensorValue("float32", (2,), b"")),)),
        Success(1, None, ((0, TensorValue("float32", (1,), bytes(4), "meta")),)),
        Success(1, None, ((0, TensorValue("int64", (1,), bytes(8), requires_grad=True)),)),
        Success(1, None, ((0, TensorValue("float32", (1,), bytes(4), grad=TensorValue("float32", (2,), bytes(8)))),)),
        Success(1, None, (), ((0, SequenceValue("list", ())),)),
        Success(1, None, (), ((1, SequenceValue("tuple", ())),)),
        Success(1, None, (), ((1, MapValue(())),)),
        Success(1, None, (), ((7, SequenceValue("list", ())),)),
        Success(1, None, (), ((1, SequenceValue("list", (SequenceValue("x", ()),))),)),
    ],
)
def test_a_reply_that_no_honest_worker_sends_is_a_bad_reply(reply: Reply) -> None:
    """Wrong kinds, impossible tensors and places that were not sent end in BadReply."""
    with pytest.raises(BadReply):
        liar(reply).f(torch.ones(1), [1])


@pytest.mark.parametrize("value", [None, 1, ONE, SequenceValue("list", ())])
def test_an_iteration_must_be_given_an_iterator(value: Value) -> None:
    """iter() that answers plain data, and an end before the start, are bad replies."""
    found = liar(Success(1, ObjectValue(1, "Pairs", "iterable")), Success(2, value)).f()
    with pytest.raises(BadReply):
        iter(found)
    ended = liar(Success(1, ObjectValue(1, "Pairs", "iterable")), Exhausted(2)).f()
    with pytest.raises(BadReply):
        iter(ended)


@given(replies())
@pytest.mark.filterwarnings("ignore:ComplexHalf support")
def test_hostile_replies_end_in_a_verdict(reply: Reply) -> None:
    """Whatever a worker answers, the call returns a value or raises one of three verdicts."""
    x = torch.ones(1, requires_grad=True)
    for ask in (
        lambda student: student.f(x, [1], k={}),
        lambda student: student.run(lambda names: names),
    ):
        try:
            result = ask(liar(reply))
        except (BadReply, LearnerError, CheckFailed):
            continue
        assert len(show_object(result)) < 3000


@given(replies(possible_tensor_values((1,), (), (2,))), st.lists(replies(possible_tensor_values((1,), ())), min_size=2))
def test_hostile_graphs_end_in_a_verdict(reply: Reply, gradients: list[Reply]) -> None:
    """Gradients of first and second order from a liar: numbers, or one of three verdicts."""
    x = torch.ones(1, requires_grad=True)
    try:
        result = liar(reply, *gradients).f(x)
        if not isinstance(result, torch.Tensor) or not result.requires_grad:
            return
        (first,) = torch.autograd.grad(result.sum(), x, create_graph=True, allow_unused=True)
        if first is not None and first.requires_grad:
            torch.autograd.grad(first.sum(), x, allow_unused=True)
    except (BadReply, LearnerError, CheckFailed):
        return


@given(tensor_values())
@pytest.mark.filterwarnings("ignore:ComplexHalf support")
def test_hostile_changes_end_in_a_verdict(value: TensorValue) -> None:
    """An argument overwritten with anything is overwritten, or the reply is bad."""
    x = torch.ones(1, requires_grad=True)
    try:
        liar(Success(1, None, ((0, value),))).f(x)
    except BadReply:
        return
    assert tuple(x.shape) == value.shape


def test_a_probe_is_asked_for_by_its_source() -> None:
    """The worker gets the text of a probe, nothing of the judge's memory."""
    link = FakeLink(Success(1, None))
    Student(Courier(link, seed=0)).run(add_one, 1)
    (request,) = link.requests
    assert isinstance(request, Run)
    assert request.probe.source.startswith("def add_one(x: Any) -> Any:")
