"""Tensors and other Python values to and from their plain form on the wire."""

from __future__ import annotations

import ctypes
import functools
import itertools
import math
import re
from typing import TYPE_CHECKING, Any

import torch

from grader.worker.wire import (
    MAX_DEPTH,
    ArrayValue,
    BytesValue,
    MapValue,
    NumberValue,
    SequenceValue,
    TensorValue,
    Value,
    WireError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PLAIN_SCALARS = (type(None), bool, int, float, complex, str, bytes)
PLAIN_TYPES = (torch.Tensor, torch.nn.Parameter)
MAX_DIMS = 64
# A frame within its limit can hold 60 million empty values, which would occupy the judge for minutes.
MAX_VALUES = 1 << 18
# Keys whose hashes all collide take quadratic time; those of plain scalars cannot be made to.
MAX_ODD_KEYS = 64
SCALARS = (str, int, float, bool, type(None))
MAX_BYTES = 1 << 62
# Storage formats whose elements torch can neither fill nor read.
OPAQUE = re.compile("q.*|bits.*|u?int[1-7]|float4.*")


@functools.cache
def _dtypes() -> dict[str, torch.dtype]:
    """Every dtype of this torch whose elements can be read, by its short name."""
    found = {str(v).removeprefix("torch."): v for v in vars(torch).values() if isinstance(v, torch.dtype)}
    return {name: dtype for name, dtype in found.items() if not OPAQUE.fullmatch(name)}


def tensor_value(tensor: torch.Tensor, *, with_strides: bool = False, device: str = "") -> TensorValue:
    """Return the plain form of `tensor`, of any shape, dtype and device.

    `with_strides` keeps a dense layout (transposed, sliced) where elements do not
    share memory; `device` overrides the one that is written down.

    Raises:
        WireError: the tensor is sparse, quantised or otherwise not dense.
    """
    with torch._C.DisableTorchFunctionSubclass(), torch.no_grad():  # noqa: SLF001 - the public way past a hostile __torch_function__
        kind = type(tensor)
        subclass = "" if kind in PLAIN_TYPES else kind.__name__
        plain = tensor.detach()
        if subclass:
            plain = plain.as_subclass(torch.Tensor)
        dtype = str(plain.dtype).removeprefix("torch.")
        if plain.layout is not torch.strided or dtype not in _dtypes():
            message = f"a {plain.layout} tensor of {plain.dtype} has no plain form"
            raise WireError(message)
        strides = None
        if with_strides and not plain.is_contiguous() and not _overlaps(plain):
            strides = tuple(plain.stride())
        grad = tensor.grad if tensor.is_leaf else None
        return TensorValue(
            dtype=dtype,
            shape=tuple(plain.shape),
            data=_raw_bytes(plain),
            device=device or str(plain.device),
            strides=strides,
            requires_grad=tensor.requires_grad,
            is_leaf=tensor.is_leaf,
            is_parameter=isinstance(tensor, torch.nn.Parameter),
            subclass=subclass,
            grad=None if grad is None else tensor_value(grad, device=device),
        )


def _overlaps(tensor: torch.Tensor) -> bool:
    return any(step == 0 and size > 1 for step, size in zip(tensor.stride(), tensor.shape, strict=True))


def _raw_bytes(tensor: torch.Tensor) -> bytes:
    if tensor.device.type == "meta":
        return b""
    solid = tensor.cpu().resolve_conj().resolve_neg().contiguous()
    return ctypes.string_at(solid.data_ptr(), solid.numel() * solid.element_size()) if solid.numel() else b""


def build_tensor(value: TensorValue, *, trusted: bool) -> torch.Tensor:
    """Return a tensor with the shape, dtype and contents of `value`, without a graph.

    An untrusted value lands on the CPU (or `meta`) and its strides are not followed.

    Raises:
        WireError: unknown dtype, impossible shape, or bytes that do not fill the shape.
    """
    dtype = _dtypes().get(value.dtype)
    if dtype is None or not _is_possible(value.shape, dtype):
        message = f"no tensor has dtype {value.dtype[:40]!r} and shape {value.shape[:8]}"
        raise WireError(message)
    if value.device == "meta":
        return torch.empty(value.shape, dtype=dtype, device="meta")
    if math.prod(value.shape) * dtype.itemsize != len(value.data):
        message = f"{len(value.data)} bytes do not fill shape {value.shape[:8]} of {value.dtype}"
        raise WireError(message)
    if value.data:
        tensor = torch.frombuffer(bytearray(value.data), dtype=dtype).reshape(value.shape)
    else:
        tensor = torch.empty(value.shape, dtype=dtype)
    # A view would show: detach_() refuses it, and an error would speak of "a view of a leaf".
    tensor = tensor.clone()
    if not trusted:
        return tensor
    if value.strides is not None:
        tensor = torch.empty_strided(value.shape, value.strides, dtype=dtype).copy_(tensor)
    return tensor.to(value.device)


def _is_possible(shape: tuple[int, ...], dtype: torch.dtype) -> bool:
    """Tell whether torch can count the bytes and strides of `shape`, an empty one included."""
    if len(shape) > MAX_DIMS or any(size < 0 for size in shape):
        return False
    return math.prod(max(size, 1) for size in shape) * dtype.itemsize <= MAX_BYTES


def encode_plain(
    value: object, *, tensor: Callable[[torch.Tensor], Value], other: Callable[[object], Value], depth: int = 0
) -> Value:
    """Return the plain form of `value`; tensors and unknown objects go to the callbacks.

    Only exact built-in types are taken apart: a subclass could answer `len` and
    iteration with anything, so it goes to `other`.
    """
    if depth > MAX_DEPTH:
        message = f"nested more than {MAX_DEPTH} deep"
        raise WireError(message)
    again = functools.partial(encode_plain, tensor=tensor, other=other, depth=depth + 1)
    kind = type(value)
    if kind in PLAIN_SCALARS:
        return _scalar(value)
    if issubclass(kind, str):
        # A member of a StrEnum, or a string of numpy, is the string that it holds, whatever it says of itself.
        return _scalar(str.__str__(value))
    if issubclass(kind, torch.Tensor):  # isinstance would ask the value for its class
        return tensor(value)  # type: ignore[arg-type]  # as the line above found
    if issubclass(kind, tuple):
        # A named tuple, or torch.Size, is the tuple that it holds, whatever it says of itself.
        return SequenceValue("tuple", tuple(map(again, tuple.__iter__(value))))  # type: ignore[arg-type]  # as found above
    if kind in (list, set, frozenset):
        return SequenceValue(kind.__name__, tuple(again(item) for item in value))  # type: ignore[attr-defined]  # exactly a sequence
    if kind is dict:
        return MapValue(tuple((again(k), again(v)) for k, v in value.items()))  # type: ignore[attr-defined]  # exactly a dict
    if kind.__module__ == "numpy":
        plain = _from_numpy(value)
        if plain is not None:
            return ArrayValue(plain)
    return other(value)


def _scalar(value: Any) -> Value:  # noqa: ANN401 - exactly one of PLAIN_SCALARS
    if type(value) is bytes:
        return BytesValue(value)
    if type(value) is str:
        return value.encode("utf-8", "replace").decode()
    if type(value) is complex:
        return NumberValue("complex", repr(value))
    if type(value) is int and not -(1 << 63) <= value < 1 << 64:
        return NumberValue("int", hex(value))
    return value  # type: ignore[no-any-return]  # None, a bool, a float or an int that fits


def _from_numpy(value: object) -> TensorValue | None:
    try:
        # A copy has positive strides and may be written to, which torch asks of an array.
        return tensor_value(torch.as_tensor(value.copy()))  # type: ignore[attr-defined]  # of numpy's, or refused below
    except (AttributeError, TypeError, ValueError, RuntimeError, WireError):
        return None


def decode_plain(
    value: Value,
    *,
    tensor: Callable[[TensorValue], Any],
    other: Callable[[Value], Any],
    depth: int = 0,
    count: Iterator[int] | None = None,
) -> Any:  # noqa: ANN401 - any Python value
    """Return the Python value of `value`; tensors and handles go to the callbacks.

    Raises:
        WireError: nesting, a number or a kind that the wire does not know.
    """
    if depth > MAX_DEPTH:
        message = f"nested more than {MAX_DEPTH} deep"
        raise WireError(message)
    count = itertools.count(1) if count is None else count
    if next(count) > MAX_VALUES:
        message = f"more than {MAX_VALUES} values"
        raise WireError(message)
    again = functools.partial(decode_plain, tensor=tensor, other=other, depth=depth + 1, count=count)
    if isinstance(value, TensorValue):
        return tensor(value)
    if isinstance(value, SequenceValue):
        if value.kind in ("set", "frozenset"):
            _refuse_odd_keys(value.items)
        return _sequence(value.kind, [again(item) for item in value.items])
    if isinstance(value, MapValue):
        _refuse_odd_keys([key for key, _ in value.items])
        try:
            return {again(k): again(v) for k, v in value.items}
        except TypeError as error:
            raise WireError(str(error)) from None
    if isinstance(value, NumberValue):
        try:
            return int(value.text, 16) if value.kind == "int" else complex(value.text)
        except (ValueError, OverflowError) as error:
            raise WireError(str(error)) from None
    if isinstance(value, BytesValue):
        return value.data
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return other(value)


def _refuse_odd_keys(keys: Sequence[Value]) -> None:
    if len(keys) > MAX_ODD_KEYS and not all(isinstance(key, SCALARS) for key in keys):
        message = f"more than {MAX_ODD_KEYS} keys that are not plain scalars"
        raise WireError(message)


def _sequence(kind: str, items: list[Any]) -> Any:  # noqa: ANN401 - one of five kinds
    try:
        if kind == "generator":
            return (item for item in items)
        makers: dict[str, Callable[[list[Any]], Any]] = {
            "list": list,
            "tuple": tuple,
            "set": set,
            "frozenset": frozenset,
        }
        return makers[kind](items)
    except (KeyError, TypeError) as error:
        raise WireError(str(error)) from None
