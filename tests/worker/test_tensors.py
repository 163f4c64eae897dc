"""Tensors and nested values: the same bits on the other side, and no surprise from hostile ones."""

from __future__ import annotations

import collections
import enum
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grader.worker.tensors import MAX_VALUES, build_tensor, decode_plain, encode_plain, tensor_value
from grader.worker.wire import (
    MAX_DEPTH,
    ArrayValue,
    BytesValue,
    MapValue,
    NumberValue,
    ObjectValue,
    SequenceValue,
    Success,
    TensorValue,
    Value,
    WireError,
    decode_reply,
    encode,
)
from tests.wire_values import (
    DTYPES,
    FLOATS,
    python_values,
    raw,
    same_tensor,
    same_value,
    tensor_values,
    tensors,
    values,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

# torch says once in a process that it is not sure of complex32.
pytestmark = pytest.mark.filterwarnings("ignore:ComplexHalf support")


def as_object(value: object) -> ObjectValue:
    """Stand in for what keeps an object in the worker."""
    return ObjectValue(1, type(value).__name__, "object")


def plain(value: object) -> Value:
    """Return the plain form of a value."""
    return encode_plain(value, tensor=tensor_value, other=as_object)


def travel(value: object) -> Any:
    """Send a value over the wire and back into Python."""
    reply = decode_reply(encode(Success(1, plain(value))))
    assert isinstance(reply, Success)
    return decode_plain(reply.value, tensor=lambda v: build_tensor(v, trusted=False), other=lambda v: v)


@given(tensors())
def test_a_tensor_arrives_to_the_last_bit(tensor: torch.Tensor) -> None:
    """Every dtype, shape and layout, NaN and infinities included, arrives as it was."""
    assert same_tensor(build_tensor(tensor_value(tensor), trusted=False), tensor)


@given(tensors())
def test_an_argument_keeps_its_layout(tensor: torch.Tensor) -> None:
    """A trusted tensor has the strides that it was sent with, unless its elements share memory."""
    built = build_tensor(tensor_value(tensor, with_strides=True), trusted=True)
    assert same_tensor(built, tensor)
    shared = any(step == 0 and size > 1 for step, size in zip(tensor.stride(), tensor.shape, strict=True))
    assert built.is_contiguous() if shared else built.is_contiguous() == tensor.is_contiguous()


@pytest.mark.parametrize("name", DTYPES)
def test_every_dtype_has_a_plain_form(name: str) -> None:
    """All dtypes that this torch can fill and read travel, empty, 0-d and larger."""
    for shape in ((), (0,), (2, 0, 3), (2, 3)):
        tensor = torch.zeros(shape, dtype=getattr(torch, name))
        assert same_tensor(travel(tensor), tensor)


@pytest.mark.parametrize("name", ["uint4", "int1", "float4_e2m1fn_x2", "bits8", "qint8", "storage", ""])
def test_opaque_dtypes_are_refused(name: str) -> None:
    """What cannot be read element by element, as a message must, is no tensor of the wire."""
    with pytest.raises(WireError, match="no tensor has dtype"):
        build_tensor(TensorValue(name, (1,), b"\0"), trusted=False)


@pytest.mark.parametrize(
    "tensor",
    [
        torch.eye(2).to_sparse(),
        torch.empty(2, dtype=torch.uint4),
    ],
    ids=["sparse", "uint4"],
)
def test_what_has_no_plain_form_is_not_sent(tensor: torch.Tensor) -> None:
    """A tensor without dense, readable elements raises, so that it can stay in the worker."""
    with pytest.raises(WireError, match="no plain form"):
        tensor_value(tensor)


@given(tensors(FLOATS), st.booleans())
def test_flags_are_written_down(tensor: torch.Tensor, wanted: bool) -> None:  # noqa: FBT001 - a hypothesis draw
    """requires_grad, leaf, Parameter and gradient are told."""
    leaf = tensor.detach().clone().requires_grad_(wanted)
    assert (tensor_value(leaf).requires_grad, tensor_value(leaf).is_leaf) == (wanted, True)
    assert not tensor_value(leaf).is_parameter
    parameter = torch.nn.Parameter(leaf.detach())
    assert tensor_value(parameter).is_parameter
    assert tensor_value(parameter).subclass == ""
    inner = tensor_value(parameter.clone())
    assert (inner.requires_grad, inner.is_leaf, inner.is_parameter) == (True, False, False)
    assert inner.grad is None
    parameter.grad = leaf.detach().clone()
    value = tensor_value(parameter)
    assert value.grad is not None
    assert same_tensor(build_tensor(value.grad, trusted=False), leaf)


@given(tensors())
def test_meta_tensors_travel_without_contents(tensor: torch.Tensor) -> None:
    """On meta only shape and dtype are sent, and the result is on meta again."""
    value = tensor_value(tensor.to("meta"))
    assert value.data == b""
    built = build_tensor(value, trusted=False)
    assert (built.is_meta, built.shape, built.dtype) == (True, tensor.shape, tensor.dtype)


def test_conjugate_and_negative_views_are_resolved() -> None:
    """Views that torch computes lazily arrive with their real contents."""
    z = torch.tensor([1 + 2j, 3 - 4j])
    assert build_tensor(tensor_value(z.conj()), trusted=False).tolist() == [1 - 2j, 3 + 4j]
    assert build_tensor(tensor_value(z.conj().imag), trusted=False).tolist() == [-2.0, 4.0]


def test_a_subclass_is_named_and_its_tricks_are_not_played() -> None:
    """A subclass arrives as plain bytes with its name; its __torch_function__ is not asked."""

    class Liar(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func: Any, kinds: Any, args: Any = (), kwargs: Any = None) -> Any:
            return torch.zeros(7)

    value = tensor_value(torch.ones(2).as_subclass(Liar))
    assert (value.subclass, value.shape) == ("Liar", (2,))
    assert raw(build_tensor(value, trusted=False)) == raw(torch.ones(2))


def test_an_untrusted_tensor_stays_on_the_cpu_and_is_plain() -> None:
    """Device, strides and flags of a hostile tensor are not followed."""
    value = TensorValue("float32", (2,), bytes(8), "cuda:0", (1 << 60,), True, True, True, "Liar")
    built = build_tensor(value, trusted=False)
    assert (built.device.type, built.stride(), built.requires_grad, type(built)) == ("cpu", (1,), False, torch.Tensor)


@given(tensor_values())
def test_hostile_tensors_are_built_or_refused(value: TensorValue) -> None:
    """Whatever the fields say, the answer is a tensor of that shape, or WireError."""
    try:
        tensor = build_tensor(value, trusted=False)
    except WireError:
        return
    assert tuple(tensor.shape) == value.shape


@pytest.mark.parametrize("device", ["cpu", "meta"])
@pytest.mark.parametrize(
    "shape",
    [(-1,), (2, -1), (1 << 63,), (1 << 64, 0), (0, 1 << 62, 1 << 62), (1 << 40, 0, 1 << 40), (1,) * 65, (1 << 62, 2)],
    ids=str,
)
def test_impossible_shapes_are_refused(shape: tuple[int, ...], device: str) -> None:
    """Negative, huge and overflowing shapes are refused, with an empty dimension in them too."""
    with pytest.raises(WireError, match="no tensor has dtype"):
        build_tensor(TensorValue("float32", shape, b"", device), trusted=False)


@pytest.mark.parametrize(("shape", "size"), [((), 0), ((), 8), ((3,), 11), ((3,), 13), ((0,), 4), ((1 << 40,), 4)])
def test_bytes_must_fill_the_shape(shape: tuple[int, ...], size: int) -> None:
    """One byte too few or too many is refused; a huge shape allocates nothing."""
    with pytest.raises(WireError, match="do not fill"):
        build_tensor(TensorValue("float32", shape, bytes(size)), trusted=False)


@given(python_values())
def test_nested_values_arrive(value: Any) -> None:
    """Lists, tuples, sets, dicts, big ints, complex numbers, bytes and tensors keep type and contents."""
    assert same_value(travel(value), value)


@given(st.text(st.characters(exclude_categories=())))
def test_text_arrives_and_surrogates_become_question_marks(text: str) -> None:
    """Text that has no UTF-8 form loses only its surrogates."""
    assert travel(text) == "".join("?" if "\ud800" <= char <= "\udfff" else char for char in text)


@given(values())
def test_hostile_values_are_decoded_or_refused(value: Any) -> None:
    """Unknown kinds, unhashable keys and numbers that are none are refused with WireError only."""
    built = lambda v: build_tensor(v, trusted=False)  # noqa: E731
    try:
        decode_plain(value, tensor=built, other=lambda v: v)
    except WireError:
        return


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (SequenceValue("deque", ()), "deque"),
        (SequenceValue("set", (SequenceValue("list", ()),)), "unhashable"),
        (MapValue(((SequenceValue("list", ()), None),)), "unhashable"),
        (NumberValue("int", "ten"), "invalid literal"),
        (NumberValue("complex", "1+i"), "malformed"),
    ],
)
def test_what_no_honest_worker_sends_is_refused(value: Value, why: str) -> None:
    """Each refusal says what was wrong."""
    with pytest.raises(WireError, match=why):
        decode_plain(value, tensor=lambda v: v, other=lambda v: v)


def test_nesting_is_bounded_on_both_sides() -> None:
    """What is nested too deep, or holds itself, is neither written nor read."""
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(WireError, match="deep"):
        plain(endless)
    value: Value = None
    for _ in range(MAX_DEPTH + 1):
        value = SequenceValue("list", (value,))
    with pytest.raises(WireError, match="deep"):
        decode_plain(value, tensor=lambda v: v, other=lambda v: v)


def test_the_work_of_reading_is_bounded() -> None:
    """Millions of empty values, and keys whose hashes could collide, are refused."""
    take = lambda value: decode_plain(value, tensor=lambda v: v, other=lambda v: v)  # noqa: E731
    many = SequenceValue("list", (None,) * MAX_VALUES)
    with pytest.raises(WireError, match="values"):
        take(many)
    odd = tuple(NumberValue("int", hex(n * ((1 << 61) - 1))) for n in range(1000))
    for value in (SequenceValue("set", odd), MapValue(tuple((key, None) for key in odd))):
        with pytest.raises(WireError, match="keys"):
            take(value)
    assert len(take(MapValue(tuple((n, None) for n in range(1000))))) == 1000
    assert len(take(SequenceValue("list", odd))) == 1000


def test_only_exact_builtin_types_are_taken_apart() -> None:
    """A subclass of a built-in type stays an object: its len and its iteration may lie."""

    class Liar(list[int]):
        def __len__(self) -> int:
            raise AssertionError

    odd = (Liar([1]), collections.Counter("a"), type("Big", (int,), {})(1))
    assert {type(plain(value)) for value in odd} == {ObjectValue}


def test_a_named_tuple_is_the_tuple_that_it_holds() -> None:
    """Named tuples and sizes are tuples, and one that lies about its items gives those it has."""

    class Liar(tuple[int, ...]):
        __slots__ = ()

        def __iter__(self) -> Iterator[int]:
            return iter((7, 7, 7))

    pair = collections.namedtuple("Pair", "a b")(1, 2)  # noqa: PYI024 - as learners write them
    for value in (pair, torch.Size([1, 2]), Liar((1, 2))):
        assert plain(value) == SequenceValue("tuple", (1, 2))


def test_a_string_of_another_class_is_a_string() -> None:
    """A member of a StrEnum or a string of numpy crosses as what it holds, not as what it says."""

    class Liar(str):  # noqa: SLOT000 - as learners write them
        def __str__(self) -> str:
            return "something else"

        def encode(self, *_args: object) -> bytes:
            return b"something else"

    word = enum.StrEnum("word", ["slow"])
    for value in (word.slow, np.str_("slow"), Liar("slow")):
        assert plain(value) == "slow"
        assert type(plain(value)) is str


def test_a_generator_can_be_an_argument() -> None:
    """A sequence of the kind "generator" is one, once."""
    made = decode_plain(SequenceValue("generator", (1, 2)), tensor=lambda v: v, other=lambda v: v)
    assert (next(made), list(made), list(made)) == (1, [2], [])


@pytest.mark.parametrize(
    "array",
    [
        np.float64(1.5),
        np.bool_(True),
        np.int8(-3),
        np.array(2.5),
        np.arange(6.0).reshape(2, 3).T,
        np.arange(6)[::-2],
        np.broadcast_to(np.arange(3.0), (2, 3)),
        np.zeros((0, 2), dtype=np.complex64),
    ],
)
def test_numpy_values_are_kept_apart(array: Any) -> None:
    """Arrays and scalars, of negative stride and read-only ones too, arrive as arrays with their contents."""
    value = plain(array)
    assert isinstance(value, ArrayValue)
    assert build_tensor(value.tensor, trusted=False).tolist() == array.tolist()
    assert value.tensor.shape == array.shape


@pytest.mark.parametrize(
    "value",
    [np.array(["a"]), np.array([None]), np.exp, np.float64, np.dtype("f4"), np.arange(3, dtype=">i4")],
)
def test_numpy_values_without_a_tensor_stay_objects(value: Any) -> None:
    """What torch cannot hold is not sent."""
    assert isinstance(plain(value), ObjectValue)


def test_bytes_and_text_are_told_apart() -> None:
    """Bytes do not turn into text, nor text into bytes."""
    assert plain(b"a") == BytesValue(b"a")
    assert plain("a") == "a"
