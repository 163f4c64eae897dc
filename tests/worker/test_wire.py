"""The messages: honest ones survive the journey, hostile ones end in WireError."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.worker.tensors import build_tensor, decode_plain
from grader.worker.wire import (
    Advance,
    Call,
    Differentiate,
    Finish,
    FunctionValue,
    Hello,
    Load,
    Reply,
    Request,
    Run,
    SequenceValue,
    Success,
    TensorValue,
    WireError,
    decode_reply,
    decode_request,
    encode,
)
from tests.wire_values import replies, values

TENSOR = TensorValue("float32", (1,), b"\0\0\0\1", "cpu", (1,), True, False, True, "", TensorValue("bool", (), b"\1"))
REQUESTS = (
    Load(1, b"x = 1\n", "ex01.py", 1 << 62),
    Call(2, "f", (TENSOR, 1, SequenceValue("list", (None, "a"))), (("k", 1.5),), 3, 4, True),
    Run(3, FunctionValue("def p(names): ...", "p", (TENSOR,), (("k", True),)), (), (), 5),
    Advance(4, 1, True),
    Differentiate(5, 1, (None, TENSOR), True),
    Finish(6),
)


def read(frame: bytes) -> None:
    """Take a reply apart as the judge does, down to its tensors; only WireError may come."""

    def tensor(value: TensorValue) -> None:
        build_tensor(value, trusted=False)

    try:
        reply: Any = decode_reply(frame)
        for value in (getattr(reply, "value", None), *(v for _, v in getattr(reply, "containers", ()))):
            decode_plain(value, tensor=tensor, other=lambda _: None)
        for value in (*(v for _, v in getattr(reply, "tensors", ())), *getattr(reply, "values", ())):
            if value is not None:
                tensor(value)
    except WireError:
        return


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda r: type(r).__name__)
def test_every_request_survives(request_: Request) -> None:
    """Each kind of request is read as it was written, defaults included."""
    assert decode_request(encode(request_)) == request_


@given(replies())
def test_every_reply_survives(reply: Reply) -> None:
    """Each kind of reply is read as it was written."""
    assert repr(decode_reply(encode(reply))) == repr(reply)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused(frame: bytes) -> None:
    """Noise is refused with WireError and nothing else, as a reply and as a request."""
    for decode in (decode_reply, decode_request):
        with pytest.raises(WireError):
            decode(frame)


@given(replies(), st.data())
def test_broken_replies_end_in_a_wire_error(reply: Reply, data: st.DataObject) -> None:
    """Replies with bytes changed, dropped or added are read, or refused with WireError."""
    frame = bytearray(encode(reply))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(frame)))
        frame[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
    read(bytes(frame))


@given(replies())
def test_impossible_replies_end_in_a_wire_error(reply: Reply) -> None:
    """Well-formed replies full of impossible tensors and kinds are read, or refused with WireError."""
    read(encode(reply))


@pytest.mark.parametrize(
    "message",
    [
        ["ok", "1", None],
        ["ok", 1],
        ["ok", 1, ["t", "float32", [1], b"abcd", 7]],
        ["ok", 1, ["t", "float32", ["1"], b"abcd"]],
        ["ok", 1, ["t", "float32", [1], "text"]],
        ["ok", 1, ["unknown", 1]],
        ["ok", 1, {"a": 1}],
        ["ok", 1, [1, 2]],
        ["ok", 1, None, [[-1, ["t", "float32", [], b"abcd"]]]],
        ["ok", 1.5, None],
        ["call", 1, "f", [], [], 0],
        ["nobody", 1],
        ["bad", 1, "raised", "E", "m", [["f.py", "1", "f", "x"]]],
        ["grads", 1, [["s", "list", []]]],
        [],
        None,
        "ok",
    ],
)
def test_wrong_tags_and_types_are_refused(message: object) -> None:
    """A reply must have a known tag and fields of the right types."""
    with pytest.raises(WireError):
        decode_reply(msgspec.msgpack.encode(message))


@pytest.mark.parametrize("header", [b"\xdd\xff\xff\xff\xff", b"\xdb\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff"])
def test_an_announced_size_is_not_believed(header: bytes) -> None:
    """Four billion items announced in five bytes are refused without room being made for them."""
    with pytest.raises(WireError, match="truncated"):
        decode_reply(b"\x96\xa2ok\x01\x93\xa1s\xa4list" + header)


@pytest.mark.parametrize("level", [b"\x93\xa1s\xa4list\x91", b"\x92\xa1m\x91\x92\xc0"])
def test_deep_nesting_is_refused(level: bytes) -> None:
    """Values nested thousands deep do not exhaust the stack."""
    with pytest.raises(WireError):
        decode_reply(b"\x93\xa2ok\x01" + level * 20_000 + b"\xc0")


def test_gradients_of_gradients_are_bounded() -> None:
    """A tensor whose gradient has a gradient, and so on, does not exhaust the stack."""
    level = b"\x9b\xa1t\xa7float32\x90\xc4\x00\xa3cpu\xc0\xc2\xc2\xc2\xa0"
    with pytest.raises(WireError):
        decode_reply(b"\x93\xa2ok\x01" + level * 20_000 + b"\xc0")


def test_text_that_is_not_unicode_is_refused() -> None:
    """Half a surrogate pair can be neither sent nor received."""
    with pytest.raises(WireError):
        encode(Hello("\ud800"))
    with pytest.raises(WireError):
        decode_reply(b"\x92\xa5hello\xa3\xed\xa0\x80")


@given(values())
def test_values_of_every_kind_can_be_sent(value: Any) -> None:
    """Any value built of the wire's own kinds has a frame."""
    assert decode_reply(encode(Success(1, value))).id == 1
