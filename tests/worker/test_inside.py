"""The loop of a worker: one reply for each request, until the judge says goodbye."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from grader.worker.frames import Channel
from grader.worker.inside import serve
from grader.worker.serve import Server
from grader.worker.wire import Call, Failure, Finish, Request, Success, WireError, decode_reply, encode

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 10_000


class Side:
    """The judge's side of a worker's loop that runs in a thread."""

    def __init__(self) -> None:
        to_worker, from_worker = os.pipe(), os.pipe()
        self.channel = Channel(from_worker[0], to_worker[1], limit_bytes=LIMIT)
        self.theirs = Channel(to_worker[0], from_worker[1], limit_bytes=LIMIT)
        server = Server()
        server.adopt({"f": lambda n: "x" * n})
        self.thread = threading.Thread(target=serve, args=(self.theirs, server))
        self.thread.start()

    def ask(self, request: Request) -> object:
        """Return the reply to a request."""
        self.channel.send(encode(request))
        return decode_reply(self.channel.receive())


@pytest.fixture
def side() -> Iterator[Side]:
    """Return the judge's side of a running loop."""
    made = Side()
    yield made
    made.channel.close()
    made.thread.join()
    made.theirs.close()


def test_requests_are_answered_in_turn_until_finish(side: Side) -> None:
    """Each reply carries the id of its request; after Finish the loop ends."""
    assert side.ask(Call(7, "f", (3,), (), 0)) == Success(7, "xxx")
    assert side.ask(Finish(8)) == Success(8, None)
    side.thread.join()


def test_a_reply_over_the_limit_becomes_a_failure(side: Side) -> None:
    """The judge hears that the reply was too large, and the loop goes on."""
    reply = side.ask(Call(7, "f", (LIMIT,), (), 0))
    assert isinstance(reply, Failure)
    assert (reply.id, reply.kind) == (7, "wire")
    assert side.ask(Call(8, "f", (1,), (), 0)) == Success(8, "x")


def test_a_judge_that_leaves_ends_the_loop(side: Side) -> None:
    """A closed channel is a goodbye too."""
    os.close(side.channel.write_fd)
    side.thread.join()
    side.channel.write_fd = side.channel.read_fd


def test_noise_from_the_judge_is_no_request() -> None:
    """A request that cannot be read ends the loop with an error: it is a fault of the grader."""
    to_worker = os.pipe()
    channel = Channel(to_worker[0], to_worker[1], limit_bytes=LIMIT)
    channel.send(b"noise")
    with pytest.raises(WireError):
        serve(channel, Server())
    channel.close()


STAGED = """
import sys, types
from grader.worker.inside import Stage
stage = Stage()
if sys.argv[1] == "gone":
    del sys.modules[next(reversed(sys.modules))]
for name in ("colorsys", "wave", "graphlib"):
    sys.modules.pop(name, None)
for name in ("solutions.ex03", "solutions", "innocent"):
    sys.modules[name] = types.ModuleType(name)
found, kept = sys.stdout, sys.modules
stage.set()
found.write(repr([name for name in kept if name.startswith(("grader", "solutions"))] + ["innocent" in kept]))
found.flush()
"""


@pytest.mark.parametrize("last", ["there", "gone"])
def test_what_came_after_the_stage_was_made_is_hidden_as_well(last: str) -> None:
    """Also where modules that were there have gone since, the last of them included."""
    words = [sys.executable, "-c", f"import colorsys, wave, graphlib\n{STAGED}", last]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    assert (done.stdout, done.stderr) == ("[True]", "")
