"""Show values in messages: shapes and dtypes always, contents where they are small."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

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
    from collections.abc import Iterable

SMALL = 12
MANY = 6
MAX_TEXT = 200


def show_tensor(tensor: torch.Tensor) -> str:
    """Return dtype and shape, and the elements where there are few: `float32 (2, 1) [[0.5], [1]]`."""
    dtype = str(tensor.dtype).removeprefix("torch.")
    head = f"{dtype} {tuple(tensor.shape)}"
    if tensor.is_meta:
        return f"{head} on meta"
    plain = tensor.detach()
    if plain.numel() > SMALL:
        first = ", ".join(show_number(item) for item in plain.flatten()[:3].tolist())
        return f"{head} [{first}, …]"
    return f"{head} {_nested(plain.tolist())}"


def _nested(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_nested, value)) + "]"
    return show_number(value)


def show_number(value: object) -> str:
    """Return a number in at most seven significant digits."""
    if isinstance(value, float):
        return f"{value:.7g}" if math.isfinite(value) else str(value)
    return str(value)


def show_object(value: object) -> str:
    """Return a short form of whatever came back from a learner's code."""
    if isinstance(value, torch.Tensor):
        return show_tensor(value)
    if isinstance(value, NumpyValue):
        return f"numpy {show_tensor(value.tensor)}"
    if isinstance(value, RemoteObject):
        return f"<{plain_line(value._value.type_name, 60)}>"  # noqa: SLF001 - a proxy keeps public names free
    if isinstance(value, bool | float | int):
        return show_number(value)
    if isinstance(value, list | tuple):
        opening, closing = "()" if isinstance(value, tuple) else "[]"
        return opening + _joined(map(show_object, value)) + closing
    if isinstance(value, dict):
        return "{" + _joined(f"{show_object(k)}: {show_object(v)}" for k, v in value.items()) + "}"
    return plain_line(repr(value), MAX_TEXT)


def show_value(value: Value) -> str:
    """Return a short form of an argument as it went over the wire."""
    match value:
        case TensorValue():
            try:
                return show_tensor(build_tensor(value, trusted=False))
            except WireError:
                return value.dtype
        case SequenceValue():
            opening, closing = "()" if value.kind == "tuple" else "[]"
            inner = opening + _joined(map(show_value, value.items)) + closing
            return inner if value.kind in ("tuple", "list") else f"{value.kind}({inner})"
        case MapValue():
            return "{" + _joined(f"{show_value(k)}: {show_value(v)}" for k, v in value.items) + "}"
        case ObjectValue():
            return f"<{plain_line(value.type_name, 60)}>"
        case FunctionValue():
            return value.name
        case ArrayValue():
            return f"numpy {show_value(value.tensor)}"
        case NumberValue():
            return value.text[:60]
        case BytesValue():
            return f"{len(value.data)} bytes"
        case str():
            return plain_line(repr(value), MAX_TEXT)
        case _:
            return show_number(value)


def _joined(items: Iterable[str]) -> str:
    shown = list(items)
    return ", ".join(shown if len(shown) <= MANY else [*shown[:MANY], "…"])
