"""Grade many jobs on a Dask cluster: chunks of them, so many under way that no worker waits for the next."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec
from distributed import as_completed

from grader.batch.cluster.chunks import Chunks, size_of
from grader.batch.cluster.plugin import grade_chunk
from grader.batch.cluster.replies import settle, shown
from grader.batch.cluster.wire import encode
from grader.errors import WorkerFault
from grader.sanitise import plain_line
from grader.texts import Catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from distributed import Client, Future

    from grader.batch.work import Job, Outcome
    from grader.model import Lang

# Chunks under way for each place: one is graded while the next has come already.
AHEAD = 2
# What may be under way in all: it lies in the scheduler's memory.
MOST_BYTES_UNDER_WAY = 256 << 20
# A chunk that fails for another reason than its worker's death is tried so often beside the first time.
RETRIES = 2
LOOK_S = 2.0
PAUSE_S = 0.01
CLOSE_S = 10.0
_LONGEST_REASONS = 2000


class ClusterPool:
    """Grades on the workers that `client` reaches and that have a desk called `run`; used by one thread.

    `on_refusal` hears, once for each, of workers that may not grade, and why. They are given no more
    than what they send back. Once no worker is left, another is waited for `patience_s` seconds long.
    The client is the pool's: it is closed with it.
    """

    def __init__(
        self,
        client: Client,
        run: str,
        *,
        lang: Lang,
        on_refusal: Callable[[str, str], None],
        patience_s: float,
    ) -> None:
        self._client = client
        self._run = run
        self._catalog = Catalog(lang)
        self._on_refusal = on_refusal
        self._patience_s = patience_s
        self._refusals: dict[str, str] = {}
        self._under_way: dict[Future[bytes], tuple[Job, ...]] = {}
        self._bytes = 0
        self._submitted = 0
        self._places = 0
        self._seen_s = self._looked_s = time.monotonic()

    @property
    def submitted(self) -> int:
        """How many chunks were handed to the scheduler so far."""
        return self._submitted

    def grade(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Yield what comes of each job, in the order in which they end.

        Raises:
            WorkerFault: the scheduler is gone, no worker is left, or none that may grade.
        """
        chunks = Chunks(jobs)
        ended = as_completed(loop=self._client.loop, with_results=True, raise_errors=False)
        self._look()
        while True:
            self._submit(chunks, ended)
            if not self._under_way:
                return
            batch = ended.next_batch(block=False)
            if not batch:
                time.sleep(PAUSE_S)
            for future, result in batch:
                yield from self._outcomes(future, result, chunks)
            if time.monotonic() - self._looked_s > LOOK_S:
                self._look()

    def refuse(self, address: str, reason: str) -> None:
        """Remember a worker that may not grade."""
        if address not in self._refusals:
            self._refusals[address] = reason
            self._on_refusal(address, reason)

    def close(self) -> None:
        """End whatever is under way, and the desks; returns once nothing is left of them, or after some seconds."""
        with suppress(Exception):
            self._client.cancel(list(self._under_way), force=True)
        self._under_way.clear()
        with suppress(Exception):
            self._client.sync(self._client.unregister_worker_plugin, self._run, callback_timeout=CLOSE_S)
        with suppress(Exception):
            self._client.close(timeout=CLOSE_S)

    def _submit(self, chunks: Chunks, ended: as_completed) -> None:
        while len(self._under_way) < AHEAD * max(self._places, 1) and self._bytes < MOST_BYTES_UNDER_WAY:
            chunk = chunks.take(self._places)
            if not chunk:
                return
            # Whose work it is stays here.
            nameless = tuple(msgspec.structs.replace(job, student="") for job in chunk)
            future = self._client.submit(
                grade_chunk,
                self._run,
                encode(nameless),
                key=(self._run, self._submitted),
                pure=False,
                retries=RETRIES,
            )
            self._submitted += 1
            self._under_way[future] = chunk
            self._bytes += _size_of(chunk)
            ended.add(future)

    def _outcomes(self, future: Future[bytes], result: object, chunks: Chunks) -> tuple[Outcome, ...]:
        chunk = self._under_way.pop(future)
        self._bytes -= _size_of(chunk)
        future.release()
        settled = settle(chunk, result, self._catalog)
        if settled.refused is not None:
            self.refuse(settled.refused.address, settled.refused.reason)
        for each in settled.again:
            chunks.put_back(each)
        return settled.outcomes

    def _look(self) -> None:
        """See how many places there are, and whether anybody is left who may grade."""
        self._looked_s = time.monotonic()
        try:
            threads = self._client.nthreads()
        except Exception as error:  # noqa: BLE001 - whatever Dask raises when its scheduler has gone
            raise WorkerFault("cluster.lost", reason=shown(error)) from None
        able = {address: count for address, count in threads.items() if address not in self._refusals}
        self._places = sum(able.values())
        if able:
            self._seen_s = self._looked_s
        elif threads:
            reasons = "; ".join(sorted({f"{address}: {self._refusals[address]}" for address in threads}))
            raise WorkerFault("cluster.all_refuse", reasons=plain_line(reasons, _LONGEST_REASONS))
        elif self._looked_s - self._seen_s > self._patience_s:
            raise WorkerFault("cluster.no_workers_left")


def _size_of(chunk: tuple[Job, ...]) -> int:
    return sum(size_of(job) for job in chunk)
