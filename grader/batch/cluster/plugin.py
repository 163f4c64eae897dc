"""What runs inside Dask's worker processes: a desk for each run that is under way."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from distributed import Reschedule, WorkerPlugin, get_worker

from grader.batch.cluster.desk import Desk, DeskClosedError
from grader.batch.cluster.wire import decode_setup

if TYPE_CHECKING:
    from distributed import Worker


class DeskPlugin(WorkerPlugin):
    """Opens a desk in every worker process, later and restarted ones too, and closes it with them."""

    def __init__(self, setup: bytes) -> None:
        self._setup = setup
        self.desk: Desk | None = None

    async def setup(self, worker: Worker) -> None:
        """Open the desk; one that may not grade says so when it is given work."""
        self.desk = await asyncio.to_thread(
            Desk,
            decode_setup(self._setup),
            address=worker.address,
            places=worker.state.nthreads,
            scratch=Path(worker.local_directory),
        )

    async def teardown(self, worker: Worker) -> None:
        """Close the desk."""
        del worker
        if self.desk is not None:
            await asyncio.to_thread(self.desk.close)


def grade_chunk(run: str, chunk: bytes) -> bytes:
    """Return the reply of this worker's desk for `run`.

    Raises:
        Reschedule: the worker is about to close.
        LookupError: it has no such desk.
    """
    desk = _desk(get_worker(), run)
    if desk is None:
        raise LookupError(run)
    try:
        return desk.grade(chunk)
    except DeskClosedError:
        raise Reschedule from None


def refusal_of(run: str, *, dask_worker: Worker) -> str:
    """Return why this worker may not grade; nothing if it may, or if it is only starting."""
    desk = _desk(dask_worker, run)
    return "" if desk is None else desk.refusal


def _desk(worker: Worker, run: str) -> Desk | None:
    plugin = worker.plugins.get(run)
    return plugin.desk if isinstance(plugin, DeskPlugin) else None
