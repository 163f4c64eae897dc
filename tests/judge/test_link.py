"""Links to the code under test: what a worker says is believed only where it is honest in form."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from grader.errors import WorkerFault
from grader.judge.link import LocalLink, WorkerLink
from grader.judge.verdicts import BadReply, WorkerDied
from grader.worker.frames import Channel
from grader.worker.place import Ending
from grader.worker.wire import Call, Exhausted, Failure, Finish, Hello, Reply, Success, decode_request, encode

if TYPE_CHECKING:
    from collections.abc import Iterator

ENDING = Ending("", 3, 0, b"printed before \xff")
CALL = Call(7, "f", (), (), 0)


class ScriptedWorker:
    """A worker that has written all its frames in advance."""

    def __init__(self) -> None:
        to_worker, from_worker = os.pipe(), os.pipe()
        self.channel = Channel(from_worker[0], to_worker[1], limit_bytes=1000)
        self._theirs = Channel(to_worker[0], from_worker[1], limit_bytes=1 << 20)
        self.begun = 0

    def say(self, *replies: Reply | bytes) -> None:
        """Write frames."""
        for reply in replies:
            self._theirs.send(reply if isinstance(reply, bytes) else encode(reply))

    def heard(self) -> object:
        """Return the next request."""
        return decode_request(self._theirs.receive())

    def hang_up(self) -> None:
        """Close the worker's end."""
        self._theirs.close()
        self._theirs = Channel(*os.pipe(), limit_bytes=1)

    def begin(self) -> None:
        """Count the starts of the clock."""
        self.begun += 1

    def stop(self) -> None:
        """Do nothing."""

    def ending(self) -> Ending:
        """Return how it ended."""
        return ENDING

    def close(self) -> None:
        """Close all descriptors."""
        self.channel.close()
        self._theirs.close()


@pytest.fixture
def worker() -> Iterator[ScriptedWorker]:
    """Return a worker that says what a test makes it say."""
    made = ScriptedWorker()
    yield made
    made.close()


def test_a_request_is_answered(worker: ScriptedWorker) -> None:
    """After the hello the clock starts, and each reply is that to its request."""
    worker.say(Hello("full"))
    link = WorkerLink(worker)
    assert (link.sandbox, worker.begun) == ("full", 1)
    worker.say(Success(7, "x"), Failure(8, "raised", "E", "m"), Success(9, None))
    assert link.ask(CALL) == Success(7, "x")
    assert worker.heard() == CALL
    assert link.ask(Finish(8)) == Failure(8, "raised", "E", "m")
    link.finish(9)
    assert link.ending is None


@pytest.mark.parametrize(
    "frame",
    [b"", b"noise", encode(Success(8, None)), encode(Hello("full")), encode(Exhausted(0)), b"\x93" * 100, bytes(1001)],
)
def test_any_other_frame_is_a_bad_reply(worker: ScriptedWorker, frame: bytes) -> None:
    """Noise, a reply to another request, a second hello and a frame over the limit are no replies."""
    worker.say(Hello("full"))
    link = WorkerLink(worker)
    worker.say(frame)
    with pytest.raises(BadReply):
        link.ask(CALL)


def test_a_frame_that_was_slipped_in_shows_at_the_goodbye(worker: ScriptedWorker) -> None:
    """A forged reply in front of an honest one leaves one too many."""
    worker.say(Hello("full"))
    link = WorkerLink(worker)
    worker.say(Success(7, "forged"), Success(7, "honest"), Success(8, None))
    assert link.ask(CALL) == Success(7, "forged")
    with pytest.raises(BadReply):
        link.finish(8)


def test_a_worker_that_dies_over_a_request_is_told_with_its_ending(worker: ScriptedWorker) -> None:
    """Whether it dies before or after it was asked, the ending is kept."""
    worker.say(Hello("full"))
    link = WorkerLink(worker)
    worker.hang_up()
    with pytest.raises(WorkerDied) as caught:
        link.ask(CALL)
    assert caught.value.ending is link.ending is ENDING


def test_a_worker_that_dies_in_the_middle_of_a_reply_is_dead(worker: ScriptedWorker) -> None:
    """Half a frame is no reply."""
    worker.say(Hello("full"))
    link = WorkerLink(worker)
    os.write(worker._theirs.write_fd, b"\0\0\0\x09half")
    worker.hang_up()
    with pytest.raises(WorkerDied):
        link.ask(CALL)


def test_a_worker_that_never_greets_is_the_graders_fault(worker: ScriptedWorker) -> None:
    """Before the hello no learner code runs, so its death is not held against a learner."""
    worker.hang_up()
    with pytest.raises(WorkerFault) as caught:
        WorkerLink(worker)
    assert (caught.value.key, caught.value.params) == ("fault.worker_start", {"error": "printed before \ufffd"})
    assert worker.begun == 0


def test_another_greeting_is_the_graders_fault(worker: ScriptedWorker) -> None:
    """Whoever answers without a hello is no worker."""
    worker.say(Success(1, None))
    with pytest.raises(WorkerFault, match="worker_start"):
        WorkerLink(worker)


def test_trusted_code_is_reached_over_the_same_wire() -> None:
    """In this process, too, values are copies: a change of the judge's shows in no reply."""
    kept: list[object] = []
    link = LocalLink({"f": lambda: kept})
    reply = link.ask(CALL)
    kept.append(1)
    assert reply == link.ask(CALL).__class__(7, reply.value)  # type: ignore[union-attr]
    assert link.ask(CALL) != reply
