"""What comes of a chunk, whatever comes back for it."""

from __future__ import annotations

from concurrent.futures import CancelledError
from types import SimpleNamespace

import pytest

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")

from distributed import KilledWorker
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.cluster.replies import settle
from grader.batch.cluster.wire import Graded, Refused, encode
from grader.batch.work import Outcome
from grader.errors import WorkerFault
from grader.texts import Catalog
from tests.batch.cluster.conftest import a_class

CATALOG = Catalog("en")
CHUNK = tuple(a_class(3))
KILLED = KilledWorker("key", SimpleNamespace(address="tcp://10.0.0.1:1"), 3)


def outcome(*, fault: str = "") -> Outcome:
    """Return an outcome as it comes from a worker, which knows no names."""
    return Outcome(student="", exercise="ex1", report=None, fault=fault)


def test_students_get_their_own_outcomes() -> None:
    """Outcomes come in the order of the jobs, and get the names that stayed at home."""
    reply = encode(Graded(tuple(outcome(fault=f"fault {n}") for n in range(3))))
    settled = settle(CHUNK, reply, CATALOG)
    assert [(each.student, each.fault) for each in settled.outcomes] == [
        (job.student, f"fault {n}") for n, job in enumerate(CHUNK)
    ]
    assert settled.again == ()


def test_a_refused_chunk_is_tried_again() -> None:
    """A worker that may not grade costs nobody anything."""
    refused = Refused("tcp://10.0.0.1:1", "no")
    settled = settle(CHUNK, encode(refused), CATALOG)
    assert (settled.outcomes, settled.again, settled.refused) == ((), (CHUNK,), refused)


@pytest.mark.parametrize("error", [KILLED, MemoryError("\x1b[31m")])
def test_a_chunk_that_failed_is_tried_one_by_one(error: Exception) -> None:
    """One that kills its workers takes no other with it; by itself it is a fault."""
    settled = settle(CHUNK, (type(error), error, None), CATALOG)
    assert (settled.outcomes, settled.again) == ((), tuple((job,) for job in CHUNK))
    (failed,) = settle(CHUNK[:1], (type(error), error, None), CATALOG).outcomes
    assert (failed.student, failed.report) == (CHUNK[0].student, None)
    assert failed.fault.isprintable()
    assert failed.fault


def test_a_forgotten_chunk_ends_the_run() -> None:
    """A scheduler that was restarted knows nothing of what it had been given."""
    with pytest.raises(WorkerFault):
        settle(CHUNK, CancelledError(), CATALOG)


def test_a_reply_to_something_else_is_no_verdict() -> None:
    """As many outcomes as jobs, for the same exercises, or none of them counts."""
    assert settle(CHUNK, encode(Graded((outcome(),))), CATALOG).again


@given(reply=st.binary(max_size=200))
def test_nonsense_is_no_verdict(reply: bytes) -> None:
    """Whatever a machine sends, it is a reply or the jobs are tried again."""
    settled = settle(CHUNK, reply, CATALOG)
    assert not settled.outcomes
    assert settled.again
