"""What goes between a warm process and those who ask it to grade."""

from __future__ import annotations

import msgspec

from grader import errors
from grader.errors import GraderError
from grader.model import CheckResult, Graded, GradeOptions, GradeRequest, Plot
from grader.texts import Phrase

FRAME_BYTES = 16 << 20


class Hello(msgspec.Struct, frozen=True, tag=True):
    """The first thing that a warm process says: who it is, and what it was made from."""

    pid: int
    stamp: str


class Grade(msgspec.Struct, frozen=True, tag=True):
    """Grade one file; `plot` asks for what its code does as well."""

    request: GradeRequest
    options: GradeOptions
    plot: bool


class Checked(msgspec.Struct, frozen=True, tag=True):
    """One check has ended."""

    result: CheckResult


class Verdict(msgspec.Struct, frozen=True, tag=True):
    """All checks have ended."""

    graded: Graded


class Drawn(msgspec.Struct, frozen=True, tag=True):
    """The plot that was asked for."""

    plot: Plot


class Refused(msgspec.Struct, frozen=True, tag=True):
    """An error of the family that a user may see."""

    kind: str
    key: str
    params: dict[str, str | int | float | bool | Phrase | None]

    def error(self) -> GraderError:
        """Return the error itself."""
        kind = getattr(errors, self.kind, None)
        if not (isinstance(kind, type) and issubclass(kind, GraderError)):
            kind = GraderError
        return kind(self.key, **self.params)


class Done(msgspec.Struct, frozen=True, tag=True):
    """Nothing more follows."""


Message = Hello | Grade | Checked | Verdict | Drawn | Refused | Done

_encoder = msgspec.msgpack.Encoder(enc_hook=str)
_decoder: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message, dec_hook=lambda kind, value: kind(value))


def encode(message: Message) -> bytes:
    """Return a message as bytes."""
    return _encoder.encode(message)


def decode(data: bytes) -> Message:
    """Return the message in `data`.

    Raises:
        msgspec.ValidationError, msgspec.DecodeError: it is none.
    """
    return _decoder.decode(data)


def refused(error: GraderError) -> Refused:
    """Return `error` in a form that can be sent."""
    return Refused(type(error).__name__, error.key, {name: _plain(value) for name, value in error.params.items()})


def _plain(value: object) -> str | float | Phrase | None:
    if value is None or isinstance(value, str | int | float | Phrase):
        return value
    return str(value)
