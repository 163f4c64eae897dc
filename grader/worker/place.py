"""What a worker is started with, what becomes of it, and who can start one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

import msgspec

from grader.model import Limits

if TYPE_CHECKING:
    from types import TracebackType

    from grader.worker.frames import Channel


class Place(msgspec.Struct, frozen=True):
    """Where a submission lies and what its workers may do.

    `folder` is the learner's folder, whose files are importable (empty: none are);
    `hidden` are folders never to be read; `device` is where tensors live.
    """

    folder: str
    hidden: tuple[str, ...]
    limits: Limits
    device: str = "cpu"


class Ending(msgspec.Struct, frozen=True):
    """How a worker ended.

    `reason` is the name of a broken limit, "stopped" where the judge ended it, or
    empty where it ended by itself, with `exit_code` or `signal`.
    """

    reason: str
    exit_code: int
    signal: int
    output: bytes


class Order(msgspec.Struct, frozen=True):
    """What the judge asks of a nursery: "start" (a descriptor follows), "begin" or "stop"."""

    verb: str
    worker: int
    place: Place | None = None


class Notice(msgspec.Struct, frozen=True):
    """What a nursery tells the judge: how a worker ended; so many bytes of its output follow."""

    worker: int
    reason: str
    exit_code: int
    signal: int
    output_bytes: int


STOPPED = "stopped"
# The most that an order or a notice may take.
CONTROL_BYTES = 64 << 20


class Worker(Protocol):
    """A worker as the judge holds it."""

    channel: Channel

    def begin(self) -> None:
        """Start the wall clock."""

    def stop(self) -> None:
        """End the worker, without waiting for it."""

    def ending(self) -> Ending:
        """Wait for the end of the worker and say how it came."""


class Starter(Protocol):
    """Something that starts workers, for as long as its `with` block lasts."""

    def __enter__(self) -> Self:
        """Return itself."""

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all workers."""

    def start(self, place: Place) -> Worker:
        """Start one worker.

        Raises:
            WorkerFault: none can be started.
        """

    def close(self) -> None:
        """End all workers."""
