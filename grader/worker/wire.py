"""The messages between judge and worker: msgpack frames of plain, typed data, never pickle.

Everything that a worker sends is hostile until `decode_*` has validated it: unknown
tags, wrong types, oversized frames and tensors whose bytes do not fill their shape
are all refused with `WireError`.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import msgspec

_T = TypeVar("_T")
_Position = Annotated[int, msgspec.Meta(ge=0)]
# Names and messages from a worker: cleaning millions of characters for display takes minutes.
_Short = Annotated[str, msgspec.Meta(max_length=4_096)]
MAX_DEPTH = 32


class WireError(Exception):
    """A frame that is too large, cut short or not of the agreed form."""


class TensorValue(msgspec.Struct, array_like=True, tag="t", frozen=True):
    """A dense tensor: little-endian bytes in row-major order, empty on `meta`.

    `strides` (in elements) lay an argument out as the judge had it.
    """

    dtype: str
    shape: tuple[int, ...]
    data: bytes
    device: str = "cpu"
    strides: tuple[int, ...] | None = None
    requires_grad: bool = False
    is_leaf: bool = True
    is_parameter: bool = False
    subclass: str = ""
    grad: TensorValue | None = None


class SequenceValue(msgspec.Struct, array_like=True, tag="s", frozen=True):
    """A list, tuple, set or (as an argument) generator of values."""

    kind: str
    items: tuple[Value, ...]


class MapValue(msgspec.Struct, array_like=True, tag="m", frozen=True):
    """A dict, as pairs in order."""

    items: tuple[tuple[Value, Value], ...]


class NumberValue(msgspec.Struct, array_like=True, tag="n", frozen=True):
    """A number that msgpack cannot hold: a large int or a complex, as text."""

    kind: str
    text: str


class BytesValue(msgspec.Struct, array_like=True, tag="b", frozen=True):
    """A bytes object."""

    data: bytes


class ArrayValue(msgspec.Struct, array_like=True, tag="y", frozen=True):
    """A NumPy array or scalar, kept apart from tensors so that a check can tell."""

    tensor: TensorValue


class ObjectValue(msgspec.Struct, array_like=True, tag="o", frozen=True):
    """Something that stays in the worker: a module, an iterator, any other object."""

    handle: int
    type_name: _Short
    kind: _Short
    text: _Short = ""


class FunctionValue(msgspec.Struct, array_like=True, tag="f", frozen=True):
    """A trusted function sent as source, with arguments bound behind those of the caller."""

    source: str
    name: str
    args: tuple[Value, ...] = ()
    kwargs: tuple[tuple[str, Value], ...] = ()


Value = (
    None
    | bool
    | int
    | float
    | str
    | BytesValue
    | TensorValue
    | SequenceValue
    | MapValue
    | NumberValue
    | ArrayValue
    | ObjectValue
    | FunctionValue
)


class Load(msgspec.Struct, array_like=True, tag="load", frozen=True):
    """Execute the learner's file."""

    id: int
    source: bytes
    file_name: str
    seed: int


class Call(msgspec.Struct, array_like=True, tag="call", frozen=True):
    """Call `target` (a name, or a method of `handle`), recording a graph if asked."""

    id: int
    target: str
    args: tuple[Value, ...]
    kwargs: tuple[tuple[str, Value], ...]
    seed: int
    handle: int = 0
    graph: bool = False


class Run(msgspec.Struct, array_like=True, tag="run", frozen=True):
    """Run a trusted probe with the arguments."""

    id: int
    probe: FunctionValue
    args: tuple[Value, ...]
    kwargs: tuple[tuple[str, Value], ...]
    seed: int


class Advance(msgspec.Struct, array_like=True, tag="next", frozen=True):
    """Start iterating over `handle` (`fresh`), or take its next item."""

    id: int
    handle: int
    fresh: bool


class Differentiate(msgspec.Struct, array_like=True, tag="grad", frozen=True):
    """Run `torch.autograd.grad` on the graph kept under `node`."""

    id: int
    node: int
    grad_outputs: tuple[TensorValue | None, ...]
    create_graph: bool


class Finish(msgspec.Struct, array_like=True, tag="end", frozen=True):
    """Say goodbye: the next frame must answer this and nothing else may come before."""

    id: int


Request = Load | Call | Run | Advance | Differentiate | Finish


class Frame(msgspec.Struct, array_like=True, frozen=True):
    """One step of a traceback inside the learner's files."""

    file_name: _Short
    line: int
    function: _Short
    text: _Short


class Failure(msgspec.Struct, array_like=True, tag="bad", frozen=True):
    """The learner's code raised. `kind` is one of the constants below."""

    id: int
    kind: _Short
    type_name: _Short
    message: _Short
    frames: Annotated[tuple[Frame, ...], msgspec.Meta(max_length=64)] = ()
    caret: _Short = ""


class Success(msgspec.Struct, array_like=True, tag="ok", frozen=True):
    """A value came back.

    `tensors` pairs the position of a tensor among those sent with its new value,
    `containers` that of a list or dict among the arguments; `node` is the graph kept
    for `Differentiate`, 0 if there is none.
    """

    id: int
    value: Value
    tensors: tuple[tuple[_Position, TensorValue], ...] = ()
    containers: tuple[tuple[_Position, Value], ...] = ()
    node: int = 0


class Exhausted(msgspec.Struct, array_like=True, tag="stop", frozen=True):
    """An iterator has ended."""

    id: int


class Gradients(msgspec.Struct, array_like=True, tag="grads", frozen=True):
    """Gradients for the inputs of a node; None where an input was not used."""

    id: int
    values: tuple[TensorValue | None, ...]
    node: int = 0


class Hello(msgspec.Struct, array_like=True, tag="hello", frozen=True):
    """The first frame of a worker, sent before any learner code ran."""

    sandbox: str


Reply = Hello | Failure | Success | Exhausted | Gradients

RAISED = "raised"
NOT_STARTED = "not_started"
MISSING = "missing"
LOADING = "loading"
MEMORY = "memory"
EXITED = "exited"
GRAPH = "graph"

_encoder = msgspec.msgpack.Encoder()
_request_decoder: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
_reply_decoder: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Reply)


def encode(message: Request | Reply | Any) -> bytes:  # noqa: ANN401 - any Struct of a room's own protocol
    """Return the bytes of one message.

    Raises:
        WireError: a string in it is not valid Unicode.
    """
    try:
        return _encoder.encode(message)
    except (UnicodeEncodeError, RecursionError, OverflowError) as error:
        raise WireError(str(error)) from None


def decode_request(data: bytes) -> Request:
    """Return the request in `data`."""
    return _decode(_request_decoder, data)


def decode_reply(data: bytes) -> Reply:
    """Return the reply in `data`, which may come from a hostile worker.

    Raises:
        WireError: `data` is not a reply.
    """
    return _decode(_reply_decoder, data)


def _decode(decoder: msgspec.msgpack.Decoder[_T], data: bytes) -> _T:
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ValueError) as error:
        raise WireError(str(error)) from None
