"""Show values in messages: shapes and dtypes always, contents where they are small."""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import torch

from grader.judge.student import NumpyValue, RemoteObject
from grader.sanitise import plain_line
from grader.worker.tensors import build_tensor
from grader.worker.wire import (
    ArrayValue,
    BytesValue,
    FunctionValue,
    MapValue,
    NumberValue,
    ObjectValue,
    SequenceValue,
    TensorValue,
    Value,
    WireError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_Item = TypeVar("_Item")
SMALL = 12
MANY = 6
MAX_DEPTH = 3
MAX_TEXT = 200
MAX_SHOWN = 2_000
MAX_BITS = 200


def show_tensor(tensor: torch.Tensor) -> str:
    """Return dtype and shape, and the elements where there are few: `float32 (2, 1) [[0.5], [1]]`."""
    dtype = str(tensor.dtype).removeprefix("torch.")
    head = f"{dtype} {tuple(tensor.shape)}"
    if tensor.is_meta:
        return f"{head} on meta"
    plain = tensor.detach()
    if not plain.numel():
        return f"{head} []"
    if plain.numel() > SMALL:
        first = ", ".join(show_number(item) for item in plain.flatten()[:3].tolist())
        return f"{head} [{first}, …]"
    return f"{head} {_nested(plain.tolist())}"


def _nested(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_nested, value)) + "]"
    return show_number(value)


def show_number(value: object) -> str:
    """Return a number, a float in at most seven significant digits."""
    if isinstance(value, float):
        return f"{value:.7g}" if math.isfinite(value) else str(value)
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        return f"{hex(value)[:20]}…"
    return str(value)


def show_object(value: object) -> str:
    """Return a short form of whatever came back from a learner's code."""
    return plain_line(_object(value, 0), MAX_SHOWN)


def _object(value: object, depth: int) -> str:
    def inner(items: Iterable[object]) -> str:
        return _joined(items, lambda item: _object(item, depth + 1), depth)

    if isinstance(value, torch.Tensor):
        return show_tensor(value)
    if isinstance(value, NumpyValue):
        return f"numpy {show_tensor(value.tensor)}"
    if isinstance(value, RemoteObject):
        return f"<{value._value.type_name[:60]}>"  # noqa: SLF001 - a proxy keeps public names free
    if isinstance(value, bool | float | int):
        return show_number(value)
    if isinstance(value, list | tuple):
        opening, closing = "()" if isinstance(value, tuple) else "[]"
        return opening + inner(value) + closing
    if isinstance(value, set | frozenset):
        # In an order that does not change from run to run, as that of a set does.
        first = sorted(_object(item, depth + 1) for item in islice(value, MANY + 1))
        return f"{type(value).__name__}({_joined(first, str, depth)})"
    if isinstance(value, dict):
        pairs = (f"{_object(k, depth + 1)}: {_object(v, depth + 1)}" for k, v in islice(value.items(), MANY + 1))
        return "{" + _joined(pairs, str, depth) + "}"
    if isinstance(value, str | bytes):
        return repr(value[:MAX_TEXT])
    return repr(value) if value is None or isinstance(value, complex) else f"<{type(value).__name__}>"


def show_value(value: Value) -> str:
    """Return a short form of an argument as it went over the wire."""
    return plain_line(_value(value, 0), MAX_SHOWN)


def _value(value: Value, depth: int) -> str:
    def inner(items: Iterable[Value]) -> str:
        return _joined(items, lambda item: _value(item, depth + 1), depth)

    match value:
        case TensorValue():
            try:
                return show_tensor(build_tensor(value, trusted=False))
            except WireError:
                return value.dtype[:60]
        case SequenceValue():
            opening, closing = "()" if value.kind == "tuple" else "[]"
            shown = opening + inner(value.items) + closing
            return shown if value.kind in ("tuple", "list") else f"{value.kind[:60]}({shown})"
        case MapValue():
            pairs = (f"{_value(k, depth + 1)}: {_value(v, depth + 1)}" for k, v in value.items[: MANY + 1])
            return "{" + _joined(pairs, str, depth) + "}"
        case ObjectValue():
            return f"<{value.type_name[:60]}>"
        case FunctionValue():
            return value.name[:60]
        case ArrayValue():
            return f"numpy {_value(value.tensor, depth)}"
        case NumberValue():
            return value.text[:60]
        case BytesValue():
            return f"{len(value.data)} bytes"
        case str():
            return repr(value[:MAX_TEXT])
        case _:
            return show_number(value)


def _joined(items: Iterable[_Item], show: Callable[[_Item], str], depth: int) -> str:
    """Return the first few items as text, none of them deep down."""
    if depth >= MAX_DEPTH:
        return "…"
    first = list(islice(items, MANY + 1))
    return ", ".join([*map(show, first[:MANY]), *("…" for _ in first[MANY:])])
