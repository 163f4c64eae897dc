"""How the judge reaches the code under test: a worker process, or a mistake in its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import torch

from grader.errors import WorkerFault
from grader.judge.verdicts import BadReply, OutOfPatienceError, WorkerDied
from grader.worker.serve import Server
from grader.worker.wire import Finish, Hello, Reply, Request, WireError, decode_reply, decode_request, encode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.worker.place import Ending, Worker


class Link(Protocol):
    """Something that answers requests."""

    def ask(self, request: Request) -> Reply:
        """Return the reply to `request`.

        Raises:
            WorkerDied: the code under test took its process down, or ran out of time.
            BadReply: the answer breaks the protocol.
        """


class WorkerLink:
    """A link to a confined worker, whose every byte is hostile."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self.ending: Ending | None = None
        self.sandbox = self._greet()
        worker.begin()

    def _greet(self) -> str:
        """Wait for the hello; before it no learner code runs, so a death is no learner's."""
        try:
            hello = self._receive()
        except WorkerDied as died:
            output = died.ending.output if died.ending else b""
            raise WorkerFault("fault.worker_start", error=output.decode("utf-8", "replace")[-500:]) from None
        if not isinstance(hello, Hello):
            raise WorkerFault("fault.worker_start", error="no greeting")
        return hello.sandbox

    def ask(self, request: Request) -> Reply:
        """Return the reply to `request`."""
        try:
            self._worker.channel.send(encode(request))
        except OSError:
            self.ending = self._worker.ending()
            raise WorkerDied(self.ending, "") from None
        reply = self._receive()
        if isinstance(reply, Hello) or reply.id != request.id:
            raise BadReply
        return reply

    def finish(self, request_id: int) -> None:
        """Say goodbye; a frame that was slipped in earlier shows here at the latest."""
        self.ask(Finish(request_id))

    def _receive(self) -> Reply:
        try:
            return decode_reply(self._worker.channel.receive())
        except (EOFError, OSError):
            self.ending = self._worker.ending()
            raise WorkerDied(self.ending, "") from None
        except WireError as error:
            raise BadReply(str(error)) from None


class LocalLink:
    """A link to trusted code in this process, through the same wire as a worker's."""

    def __init__(self, names: Mapping[str, object]) -> None:
        self._server = Server()
        self._server.adopt(names, uncaught=(OutOfPatienceError,))

    def ask(self, request: Request) -> Reply:
        """Return the reply to `request`."""
        # A backward of the judge's runs with gradients off; a worker of its own would not.
        with torch.enable_grad():
            return decode_reply(encode(self._server.handle(decode_request(encode(request)))))
