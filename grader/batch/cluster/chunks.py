"""Cut a stream of jobs into chunks: small ones first, so that nobody waits long; large ones when there are many."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grader.batch.work import Job

# A million submissions are then 20,000 tasks on a few places and 50,000 on a thousand and more.
MOST_JOBS = 50
# A chunk grows to this part of what one place has been given so far: the last ones keep nobody waiting for long.
SHARE = 5
MOST_BYTES = 1 << 20


class Chunks:
    """Chunks of a stream, taken as there is room for them; some may come back."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        self._jobs = iter(jobs)
        self._again: deque[tuple[Job, ...]] = deque()
        self._taken = 0

    def take(self, places: int) -> tuple[Job, ...]:
        """Return the next chunk for a cluster of so many places, one that came back first; empty at the end."""
        if self._again:
            return self._again.popleft()
        most = min(MOST_JOBS, 1 + self._taken // (SHARE * max(places, 1)))
        chunk: list[Job] = []
        size = 0
        while len(chunk) < most and size < MOST_BYTES:
            job = next(self._jobs, None)
            if job is None:
                break
            chunk.append(job)
            size += size_of(job)
        self._taken += len(chunk)
        return tuple(chunk)

    def put_back(self, chunk: tuple[Job, ...]) -> None:
        """Have a chunk taken once more."""
        self._again.append(chunk)


def size_of(job: Job) -> int:
    """Return how many bytes of a student's travel with a job."""
    return len(job.source) + sum(len(each.data) for each in job.beside)
