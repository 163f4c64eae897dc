"""Fixtures of the worker's tests."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from grader.model import Limits
from grader.worker.nursery import Nursery
from grader.worker.place import Place
from grader.worker.spawn import Spawner
from grader.worker.tensors import build_tensor, decode_plain
from grader.worker.wire import Call, Failure, Hello, Load, Request, Success, decode_reply, encode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from grader.worker.place import Ending, Starter, Worker
    from grader.worker.wire import Reply


@dataclass
class Talk:
    """A conversation with one worker."""

    worker: Worker
    sandbox: str

    def ask(self, request: Request) -> Reply:
        """Send a request and return the reply.

        Raises:
            EOFError: the worker is gone.
        """
        self.worker.channel.send(encode(request))
        return decode_reply(self.worker.channel.receive())

    def call(self, name: str) -> Any:
        """Call a name of the learner's; a failure is returned as its type and kind."""
        reply = self.ask(Call(2, name, (), (), 0))
        if isinstance(reply, Failure):
            return reply.type_name, reply.kind
        assert isinstance(reply, Success)
        return decode_plain(reply.value, tensor=lambda v: build_tensor(v, trusted=False), other=lambda v: v)

    def ending_of(self, name: str) -> Ending:
        """Call a name that takes the worker down and return how it ended."""
        with pytest.raises(EOFError):
            self.call(name)
        return self.worker.ending()

    def leave(self) -> Ending:
        """End the worker."""
        self.worker.stop()
        return self.worker.ending()


class Open(Protocol):
    """Opens a worker with a learner's file loaded; `limits` are those of `Limits`."""

    def __call__(self, starter: Starter, source: str, **limits: float) -> Talk:
        """Do it."""
        ...


@pytest.fixture
def open_worker(tmp_path: Path) -> Open:
    """Return a function that opens a worker for a file in an empty folder."""

    def start(starter: Starter, source: str, **limits: float) -> Talk:
        worker = starter.start(Place(str(tmp_path), (), Limits(**limits)))  # type: ignore[arg-type]
        hello = decode_reply(worker.channel.receive())
        assert isinstance(hello, Hello)
        worker.begin()
        talk = Talk(worker, hello.sandbox)
        assert talk.ask(Load(1, source.encode(), "ex99_worker.py", 0)) == Success(1, None)
        return talk

    return start


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Return the nursery that forks workers."""
    if sys.platform != "linux":
        pytest.skip("workers are forked on Linux alone")
    with Nursery.fork() as opened:
        yield opened


@pytest.fixture(scope="session")
def spawner() -> Iterator[Spawner]:
    """Return what spawns workers, at two seconds each."""
    with Spawner() as opened:
        yield opened


@pytest.fixture(params=["nursery", "spawner"])
def starter(request: pytest.FixtureRequest) -> Starter:
    """Return each of the two ways to start workers."""
    found: Starter = request.getfixturevalue(request.param)
    return found
