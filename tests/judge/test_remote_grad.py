"""Autograd across the wall: the same gradients as without it, to any order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch

from grader.judge.student import Courier, Student
from grader.judge.verdicts import BadReply, LearnerError
from grader.worker.wire import Exhausted, Failure, Gradients, Hello, Success, TensorValue
from tests.judge.conftest import FakeLink, liar, student_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.worker.wire import Reply

Function = Any
FUNCTIONS: dict[str, tuple[Function, tuple[tuple[int, ...], ...]]] = {
    "cube": (lambda x: x**3, ((3,),)),
    "product": (lambda x, y: x * y.sin(), ((2, 3), (3,))),
    "matrix": (lambda x, w, b: (x @ w + b).tanh(), ((4, 2), (2, 3), (3,))),
    "scalar": (lambda x: (x**2).sum().exp(), ((2,),)),
    "zero_dim": (lambda x: x.sin() * x, ((),)),
    "two_outputs": (lambda x, y: (x * y, (x - y) ** 2), ((3,), (3,))),
    "one_unused": (lambda x, _y: x**2, ((2,), (2,))),
    "itself": (lambda x: x, ((2,),)),
    "loss": (lambda x, y: (x - y.reshape(x.shape)) ** 2 / 2, ((4, 1), (4,))),
    "views": (lambda x: x.T[1:].exp(), ((2, 3),)),
}


def inputs(shapes: tuple[tuple[int, ...], ...]) -> tuple[torch.Tensor, ...]:
    """Return float64 inputs that want gradients."""
    generator = torch.Generator().manual_seed(1)
    return tuple(torch.randn(s, dtype=torch.float64, generator=generator).requires_grad_() for s in shapes)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradcheck_holds(name: str) -> None:
    """Torch's own numerical check passes: first order, undefined gradients included."""
    function, shapes = FUNCTIONS[name]
    assert torch.autograd.gradcheck(student_of(f=function).f, inputs(shapes))


@pytest.mark.parametrize("name", ["cube", "product", "matrix", "zero_dim", "two_outputs", "loss"])
def test_gradgradcheck_holds(name: str) -> None:
    """Torch's own numerical check passes: second order, with respect to the weights as well."""
    function, shapes = FUNCTIONS[name]
    assert torch.autograd.gradgradcheck(student_of(f=function).f, inputs(shapes))


def test_the_third_derivative_is_right() -> None:
    """x⁵ has the derivatives 5x⁴, 20x³, 60x² and 120x on the judge's side."""
    x = torch.tensor([2.0, -1.0], dtype=torch.float64, requires_grad=True)
    value = student_of(f=lambda x: x**5).f(x)
    for factor, power in ((5, 4), (20, 3), (60, 2), (120, 1)):
        (value,) = torch.autograd.grad(value.sum(), x, create_graph=True)
        assert value.tolist() == (factor * x.detach() ** power).tolist()


def test_mixed_derivatives_are_right() -> None:
    """∂²/∂x∂y of x²y³ is 6xy², whichever comes first."""
    x, y = (torch.tensor([v], requires_grad=True) for v in (2.0, 3.0))
    value = student_of(f=lambda x, y: x**2 * y**3).f(x, y)
    dx, dy = torch.autograd.grad(value, (x, y), create_graph=True)
    assert (dx.item(), dy.item()) == (108.0, 108.0)
    for first, second in ((dx, y), (dy, x)):
        (mixed,) = torch.autograd.grad(first, second, retain_graph=True)
        assert mixed.item() == 6 * 2 * 9


def test_the_graph_goes_on_before_and_behind_the_wall() -> None:
    """Gradients flow through the judge's own steps around the call, and add up over two calls."""
    student = student_of(f=lambda x: x * 3)
    x = torch.ones(2, requires_grad=True)
    ((student.f(x * 2) + student.f(x)) ** 2).sum().backward()
    # (6x + 3x)² has the derivative 162x.
    assert x.grad is not None
    assert x.grad.tolist() == [162.0, 162.0]


def test_each_output_has_its_own_graph() -> None:
    """Outputs without a graph, and those that are not floating, are constants."""

    def function(x: Any) -> Any:
        return {"loss": x**2, "cut": x.detach() * 2, "index": x.argmax(), "where": [x > 1, (x + 1).long()]}

    x = torch.tensor([1.0, 3.0], requires_grad=True)
    result = student_of(f=function).f(x)
    assert result["loss"].requires_grad
    constants = [result["cut"], result["index"], *result["where"]]
    assert not any(tensor.requires_grad for tensor in constants)
    assert (constants[0].tolist(), constants[1].item(), constants[2].tolist()) == ([2.0, 6.0], 1, [False, True])
    result["loss"].sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [2.0, 6.0]


def test_a_result_without_a_graph_says_so() -> None:
    """Where the learner cut the graph, backward raises as it would without the wall."""
    x = torch.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="does not require grad"):
        student_of(f=lambda x: x.detach() * 2).f(x).sum().backward()


def test_no_grad_asks_for_no_graph() -> None:
    """Under no_grad nothing is recorded on either side."""
    x = torch.ones(2, requires_grad=True)
    with torch.no_grad():
        assert not student_of(f=lambda x: x * 2).f(x).requires_grad


def test_backward_works_where_gradients_are_off_on_the_judges_side() -> None:
    """A learner's own grad inside the function works, as in a process of its own."""

    def second(x: Any) -> Any:
        (first,) = torch.autograd.grad((x**3).sum(), x, create_graph=True)
        return torch.autograd.grad(first.sum(), x)[0]

    assert student_of(f=second).f(torch.tensor([2.0], requires_grad=True)).tolist() == [12.0]


def test_an_inner_tensor_stays_an_inner_tensor() -> None:
    """An argument that is not a leaf arrives as none, and passes its gradient on."""
    x = torch.ones(2, requires_grad=True)
    flags = []

    def function(y: Any) -> Any:
        flags.append((y.is_leaf, y.requires_grad))
        return y * 5

    student_of(f=function).f(x * 2).sum().backward()
    assert flags == [(False, True)]
    assert x.grad is not None
    assert x.grad.tolist() == [10.0, 10.0]


def test_a_graph_that_the_learner_spoilt_is_the_learners_error() -> None:
    """Changing in place what backward needs raises torch's message as the learner's."""

    def spoilt(x: Any) -> Any:
        y = x.exp()
        y.add_(1)
        return y * 2

    with pytest.raises(LearnerError, match="modified by an inplace operation") as caught:
        student_of(f=spoilt).f(torch.ones(2, requires_grad=True)).sum().backward()
    assert caught.value.call == "backward"


def answered(first: Reply, *, order: int) -> Callable[[], object]:
    """Return a differentiation of that order whose last backward is answered by `first`."""
    value = TensorValue("float32", (1,), bytes(4), requires_grad=True, is_leaf=False)
    replies = [Success(1, value, node=1), *(Gradients(0, (value,), 1) for _ in range(order - 1)), first]
    x = torch.ones(1, requires_grad=True)

    def ask() -> object:
        result = liar(*replies).f(x)
        for _ in range(order):
            (result,) = torch.autograd.grad(result.sum(), x, create_graph=order > 1)
        return result

    return ask


GOOD = TensorValue("float32", (1,), b"\0\0\x80?")


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize(
    "reply",
    [
        Hello("full"),
        Success(0, None),
        Exhausted(0),
        Gradients(0, ()),
        Gradients(0, (GOOD, GOOD, GOOD)),
        Gradients(0, (TensorValue("float32", (2,), bytes(8)),)),
        Gradients(0, (TensorValue("float32", (), bytes(4)),)),
        Gradients(0, (TensorValue("float64", (1,), bytes(8)),)),
        Gradients(0, (TensorValue("float32", (1,), bytes(5)),)),
        Gradients(0, (TensorValue("float32", (1,), b"", "meta"),)),
        Gradients(0, (TensorValue("float4_e2m1fn_x2", (1,), bytes(1)),)),
    ],
)
def test_a_wrong_gradient_is_a_bad_reply(reply: Reply, order: int) -> None:
    """Gradients of another number, shape, dtype or place end in BadReply, in any order."""
    with pytest.raises(BadReply):
        answered(reply, order=order)()


def test_the_right_gradient_is_taken() -> None:
    """The same conversation with a proper gradient ends in that gradient, in any order."""
    assert answered(Gradients(0, (GOOD,)), order=1)() == torch.ones(1)
    # In the second order the weight of the first has a gradient too.
    assert answered(Gradients(0, (GOOD, None)), order=2)() == torch.ones(1)


def test_a_graph_that_the_worker_lost_is_the_learners_error() -> None:
    """A failure of the kind graph reaches the check as the learner's."""
    with pytest.raises(LearnerError) as caught:
        answered(Failure(0, "graph", "RuntimeError", "the result carries no graph"), order=1)()
    assert caught.value.failure.kind == "graph"


def test_nothing_is_asked_where_nothing_is_wanted() -> None:
    """A backward with no gradient at all needs no worker."""
    value = TensorValue("float32", (1,), bytes(4), requires_grad=True, is_leaf=False)
    link = FakeLink(Success(1, value, node=1))
    x = torch.ones(1, requires_grad=True)
    nothing = torch._C._functions.UndefinedGrad()(Student(Courier(link, seed=0)).f(x))
    assert torch.autograd.grad(nothing, x, allow_unused=True) == (None,)
    assert len(link.requests) == 1
