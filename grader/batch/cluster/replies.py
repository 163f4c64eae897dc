"""What comes of a chunk: verdicts, faults that are nobody's zero, or another try elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from distributed import KilledWorker

from grader.batch.cluster.wire import Refused, decode_reply
from grader.batch.work import Job, Outcome
from grader.errors import WorkerFault
from grader.sanitise import plain_line

if TYPE_CHECKING:
    from grader.texts import Catalog

_LONGEST_REASON = 200


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the jobs of a chunk, which of them to try again, and who would not grade them."""

    outcomes: tuple[Outcome, ...] = ()
    again: tuple[tuple[Job, ...], ...] = ()
    refused: Refused | None = None


def settle(chunk: tuple[Job, ...], result: object, catalog: Catalog) -> Settled:
    """Return what comes of `chunk`, given what Dask has for it: a reply, or the error of one who tried.

    Raises:
        WorkerFault: the scheduler has forgotten the chunk.
    """
    match result:
        case bytes() as data:
            return _replied(chunk, data, catalog)
        case (_, BaseException() as error, _):
            return _failed(chunk, error, catalog)
        case _:
            raise WorkerFault("cluster.lost", reason=shown(result))


def shown(error: object) -> str:
    """Return an error of Dask's, or of somebody's machine, on one line."""
    return plain_line(f"{type(error).__name__}: {error}", _LONGEST_REASON)


def _replied(chunk: tuple[Job, ...], data: bytes, catalog: Catalog) -> Settled:
    try:
        reply = decode_reply(data)
    except msgspec.DecodeError as error:
        return _failed(chunk, error, catalog)
    if isinstance(reply, Refused):
        return Settled(again=(chunk,), refused=reply)
    if [job.exercise for job in chunk] != [outcome.exercise for outcome in reply.outcomes]:
        return _failed(chunk, ValueError("another chunk's reply"), catalog)
    named = (
        msgspec.structs.replace(outcome, student=job.student)
        for job, outcome in zip(chunk, reply.outcomes, strict=True)
    )
    return Settled(outcomes=tuple(named))


def _failed(chunk: tuple[Job, ...], error: BaseException, catalog: Catalog) -> Settled:
    if len(chunk) > 1:
        # Each by itself: one that kills its workers takes no other with it.
        return Settled(again=tuple((job,) for job in chunk))
    killed = isinstance(error, KilledWorker)
    fault = catalog.say("cluster.killed") if killed else catalog.say("cluster.failed", reason=shown(error))
    return Settled(
        outcomes=tuple(Outcome(student=job.student, exercise=job.exercise, report=None, fault=fault) for job in chunk)
    )
