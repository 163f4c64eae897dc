"""What travels between an instructor's machine and those that grade: plain records as msgpack.

Dask carries these bytes and never looks into them; what a student wrote is nobody's pickle.
"""

from __future__ import annotations

import msgspec

from grader.batch.work import Job, Outcome
from grader.model import Lang, Limits


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """How a run grades, and what a machine must have to take part.

    `root` is None for the course that comes with the grader; `exercises` are ids and digests.
    """

    root: str | None
    engine: str
    exercises: tuple[tuple[str, str], ...]
    seed: int
    lang: Lang
    device: str
    limits: Limits
    unsafe: bool


class Graded(msgspec.Struct, frozen=True, tag=True):
    """What came of the jobs of a chunk, in their order."""

    outcomes: tuple[Outcome, ...]


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The worker at `address` may not grade this run, for a `reason` in the language of the run."""

    address: str
    reason: str


Reply = Graded | Refused

_encoder = msgspec.msgpack.Encoder()
_setup = msgspec.msgpack.Decoder(Setup)
_jobs = msgspec.msgpack.Decoder(tuple[Job, ...])
_reply: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Reply)


def encode(message: Setup | Reply | tuple[Job, ...]) -> bytes:
    """Return a message as bytes."""
    return _encoder.encode(message)


def decode_setup(data: bytes) -> Setup:
    """Return the setup in `data`.

    Raises:
        msgspec.DecodeError: it is none.
    """
    return _setup.decode(data)


def decode_jobs(data: bytes) -> tuple[Job, ...]:
    """Return the jobs in `data`.

    Raises:
        msgspec.DecodeError: these are none.
    """
    return _jobs.decode(data)


def decode_reply(data: bytes) -> Reply:
    """Return the reply in `data`.

    Raises:
        msgspec.DecodeError: it is none.
    """
    return _reply.decode(data)
