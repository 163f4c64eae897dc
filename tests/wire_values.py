"""Hypothesis strategies for what may cross the wire, honest and hostile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from hypothesis import strategies as st

from grader.worker.wire import (
    ArrayValue,
    BytesValue,
    Exhausted,
    Failure,
    Frame,
    Gradients,
    Hello,
    MapValue,
    NumberValue,
    ObjectValue,
    SequenceValue,
    Success,
    TensorValue,
)

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

DTYPES = (
    "bool uint8 uint16 uint32 uint64 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex32 complex64 "
    "complex128 float8_e4m3fn float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz float8_e8m0fnu"
).split()
FLOATS = ("float16", "bfloat16", "float32", "float64")


def raw(tensor: torch.Tensor) -> bytes:
    """Return the elements of a tensor in row-major order, as bytes."""
    solid = tensor.detach().clone(memory_format=torch.contiguous_format).reshape(-1)
    return bytes(solid.view(torch.uint8).tolist()) if tensor.numel() else b""


def same_tensor(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Tell whether two tensors agree to the last bit, NaN included."""
    return one.dtype == other.dtype and one.shape == other.shape and raw(one) == raw(other)


@st.composite
def tensors(draw: DrawFn, dtypes: tuple[str, ...] = tuple(DTYPES), *, layouts: bool = True) -> torch.Tensor:
    """Return any dense tensor: of any dtype, empty or 0-d, transposed, sliced, expanded or windowed."""
    name = draw(st.sampled_from(dtypes))
    dtype = getattr(torch, name)
    shape = draw(st.lists(st.integers(0, 4), max_size=3))
    count = torch.Size(shape).numel()
    if not count:
        return torch.zeros(shape, dtype=dtype)
    data = bytearray(draw(st.binary(min_size=count * dtype.itemsize, max_size=count * dtype.itemsize)))
    if name == "bool":
        data = bytearray(byte & 1 for byte in data)
    tensor = torch.frombuffer(data, dtype=dtype).reshape(shape)
    if not layouts or not shape:
        return tensor
    layout = draw(st.sampled_from(("plain", "transposed", "sliced", "expanded", "windows")))
    if layout == "transposed":
        return tensor.transpose(0, -1)
    if layout == "sliced":
        return tensor[draw(st.integers(0, shape[0] - 1)) :: draw(st.integers(1, 2))]
    if layout == "expanded":
        return tensor.unsqueeze(0).expand(3, *shape)
    if layout == "windows":
        return tensor.unfold(0, draw(st.integers(1, shape[0])), 1)
    return tensor


def _scalars() -> SearchStrategy[Any]:
    return st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.integers(-(1 << 300), 1 << 300),
        st.sampled_from([-(1 << 63), (1 << 63) - 1, (1 << 64) - 1, 1 << 64, -(1 << 63) - 1]),
        st.floats(),
        st.complex_numbers(),
        st.binary(max_size=20),
        st.text(max_size=20),
    )


def python_values() -> SearchStrategy[Any]:
    """Return nested Python values as a learner's function may return them."""
    hashable = st.one_of(_scalars(), st.tuples(_scalars(), _scalars()))
    return st.recursive(
        st.one_of(_scalars(), tensors(layouts=False)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.lists(inner, max_size=3).map(tuple),
            st.sets(hashable, max_size=3),
            st.frozensets(hashable, max_size=3),
            st.dictionaries(hashable, inner, max_size=3),
        ),
        max_leaves=8,
    )


def same_value(one: Any, other: Any) -> bool:
    """Tell whether two values agree in type and contents, NaN and −0.0 included."""
    if isinstance(one, torch.Tensor):
        return isinstance(other, torch.Tensor) and same_tensor(one, other)
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same_value, one, other))
    if isinstance(one, dict):
        return same_value(list(one.items()), list(other.items()))
    if isinstance(one, set | frozenset):
        return sorted(map(repr, one)) == sorted(map(repr, other))
    return repr(one) == repr(other)


def tensor_values() -> SearchStrategy[TensorValue]:
    """Return the plain form of tensors, most of them impossible."""
    sizes = st.one_of(st.integers(-2, 3), st.integers(-(1 << 63), (1 << 64) - 1))
    shapes = st.lists(sizes, max_size=3).map(tuple)
    return st.builds(
        TensorValue,
        dtype=st.one_of(st.sampled_from([*DTYPES, "int4", "uint1", "bits8", "qint8", "float4_e2m1fn_x2"]), st.text()),
        shape=st.one_of(shapes, st.integers(60, 70).map(lambda count: (1,) * count)),
        data=st.binary(max_size=32),
        device=st.sampled_from(["cpu", "meta", "cuda:0", "", "x" * 99]),
        strides=st.none() | shapes,
        requires_grad=st.booleans(),
        is_leaf=st.booleans(),
        is_parameter=st.booleans(),
        subclass=st.sampled_from(["", "", "", "Mine"]),
        grad=st.none() | st.builds(TensorValue, dtype=st.just("float32"), shape=shapes, data=st.binary(max_size=16)),
    )


def possible_tensor_values(*shapes: tuple[int, ...]) -> SearchStrategy[TensorValue]:
    """Return the plain form of float32 tensors that can be built, with any flags."""

    def make(shape: tuple[int, ...], device: str, *flags: bool) -> TensorValue:
        return TensorValue("float32", shape, bytes(4 * torch.Size(shape).numel()), device, None, *flags)

    devices = st.sampled_from(["cpu", "cpu", "cpu", "meta"])
    return st.builds(make, st.sampled_from(shapes), devices, st.booleans(), st.booleans(), st.booleans())


def values(leaves: SearchStrategy[Any] | None = None) -> SearchStrategy[Any]:
    """Return any wire value that a worker may send, sensible or not."""
    names = st.sampled_from(["list", "tuple", "set", "frozenset", "generator", "object", "", "\x1b[31m"])
    scalars = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(1 << 63), (1 << 64) - 1),
        st.floats(),
        st.text(max_size=9),
        st.builds(BytesValue, st.binary(max_size=9)),
        st.builds(
            NumberValue, st.sampled_from(["int", "complex", "x"]), st.sampled_from(["0xff", "1j", "", "-", "nan"])
        ),
        st.builds(ObjectValue, st.integers(-2, 3), st.text(max_size=9), names),
        st.builds(ArrayValue, tensor_values()),
    )
    return st.recursive(
        scalars | (tensor_values() if leaves is None else leaves),
        lambda inner: st.one_of(
            st.builds(SequenceValue, names, st.lists(inner, max_size=3).map(tuple)),
            st.builds(MapValue, st.lists(st.tuples(inner, inner), max_size=3).map(tuple)),
        ),
        max_leaves=6,
    )


def replies(leaves: SearchStrategy[Any] | None = None) -> SearchStrategy[Any]:
    """Return any reply that a hostile worker may send, under the id 0."""
    one = tensor_values() if leaves is None else leaves
    places = st.integers(0, 3)
    kinds = st.sampled_from(["raised", "not_started", "missing", "loading", "memory", "exited", "graph", "wire", ""])
    frames = st.lists(st.builds(Frame, st.text(max_size=9), st.integers(-1, 99), st.text(), st.text()), max_size=2)
    return st.one_of(
        st.builds(Hello, st.text(max_size=9)),
        st.builds(Exhausted, st.just(0)),
        st.builds(Failure, st.just(0), kinds, st.text(), st.text(), frames.map(tuple), st.text(max_size=9)),
        st.builds(Gradients, st.just(0), st.lists(st.none() | one, max_size=3).map(tuple), st.integers(0, 2)),
        st.builds(
            Success,
            st.just(0),
            values(leaves),
            st.lists(st.tuples(places, one), max_size=2).map(tuple),
            st.lists(st.tuples(places, values(leaves)), max_size=2).map(tuple),
            st.integers(0, 2),
        ),
    )
