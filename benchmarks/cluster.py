"""What a cluster costs beside one machine, and how far it reaches.

Starts a scheduler and two workers on loopback and prints a table: seconds for each graded
exercise on them and on a local pool of as many places, in turn; what the scheduler takes for a
chunk in which nothing is graded; and what a million submissions would take on a hundred such machines.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from itertools import islice, repeat
from pathlib import Path
from typing import TYPE_CHECKING

from batch import EXERCISE, texts_of
from distributed import Client, as_completed

from grader.batch.cluster import cluster_pool
from grader.batch.cluster.chunks import MOST_JOBS, Chunks
from grader.batch.cluster.pool import AHEAD
from grader.batch.cluster.wire import Graded, encode
from grader.batch.pool import LocalPool
from grader.batch.work import Job
from grader.course import find_exercise, load_course
from grader.model import GradeOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.batch.work import Outcome, Pool

WORKERS = 2
MACHINES = 100
MANY = 1_000_000


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Start a scheduler and workers of one thread each, and yield the scheduler's address."""
    about = folder / "scheduler.json"
    module = [sys.executable, "-m"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    loopback = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(about)]
    started = [subprocess.Popen([*module, "distributed.cli.dask_scheduler", "--port", "0", *loopback], **quiet)]
    try:
        while not about.is_file() or not about.read_text(encoding="utf-8").endswith("}"):
            time.sleep(0.1)
        address = json.loads(about.read_text(encoding="utf-8"))["address"]
        for number in range(WORKERS):
            own = ["--nworkers", "1", "--nthreads", "1", "--memory-limit", "0", "--local-directory", str(folder)]
            words = [*module, "distributed.cli.dask_worker", address, "--no-dashboard", "--name", str(number), *own]
            started.append(subprocess.Popen(words, **quiet))
        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(WORKERS, timeout=60)
        yield address
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(30)


def timed(pool: Pool, jobs: list[Job]) -> tuple[float, list[Outcome]]:
    """Return the seconds that a pool takes for each of some jobs, and what came of them."""
    start = time.perf_counter()
    outcomes = list(pool.grade(jobs))
    spent_s = time.perf_counter() - start
    if any(outcome.report is None for outcome in outcomes):
        sys.exit(f"not graded: {[outcome.fault for outcome in outcomes if outcome.report is None]}")
    return spent_s / len(jobs), outcomes


def idle_s(address: str, chunk: bytes, reply: bytes, count: int) -> float:
    """Return the seconds that a chunk takes in which nothing is graded, as many under way as for grading."""

    def echo(_chunk: bytes, size: int) -> bytes:
        return bytes(size)

    with Client(address, set_as_default=False) as client:

        def submit(number: int) -> object:
            return client.submit(echo, chunk, len(reply), key=("echo", number), pure=False)

        start = time.perf_counter()
        numbers = iter(range(count))
        ended = as_completed(
            [submit(number) for number in islice(numbers, AHEAD * WORKERS)], loop=client.loop, with_results=True
        )
        for future, _ in ended:
            future.release()
            for number in islice(numbers, 1):
                ended.add(submit(number))
        return (time.perf_counter() - start) / count


def row(what: str, value: str) -> None:
    """Print one line of the table."""
    print(f"{what:<78} {value:>12}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=200, help="in each round")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--chunks", type=int, default=1000)
    asked = parser.parse_args()
    course = load_course()
    exercise = find_exercise(course, EXERCISE)
    jobs = [
        Job(student=str(number), exercise=exercise.id, source=text.encode())
        for number, text in zip(range(asked.submissions), texts_of(exercise), strict=False)
    ]
    options = GradeOptions(course=course, seed=7, lang="en")
    with tempfile.TemporaryDirectory() as name, cluster(Path(name)) as address:
        staging = Path(name, "staging")
        staging.mkdir()
        with (
            closing(LocalPool(options, jobs=WORKERS, staging=staging)) as local,
            closing(cluster_pool(address)(options, staging)) as remote,
        ):
            for pool in (local, remote):
                timed(pool, jobs[: 4 * WORKERS])
            rounds = []
            for number in range(asked.rounds):
                # Each goes first as often as the other: a busy machine favours neither.
                order = (local, remote) if number % 2 == 0 else (remote, local)
                times = {pool: timed(pool, jobs) for pool in order}
                rounds.append((times[local][0], times[remote]))
        here_s = statistics.median(each for each, _ in rounds)
        there_s = statistics.median(each for _, (each, _) in rounds)
        ratio = statistics.median(there / here for here, (there, _) in rounds)
        outcomes = rounds[0][1][1][:MOST_JOBS]
        chunk, reply = encode(tuple(jobs[:MOST_JOBS])), encode(Graded(tuple(outcomes)))
        task_s = idle_s(address, chunk, reply, asked.chunks)
    places = MACHINES * WORKERS
    tasks = count_tasks(jobs[0], places)
    each_bytes = (len(chunk) + len(reply)) / len(outcomes)
    row(f"{exercise.id}: seconds each, {WORKERS} places of one machine", f"{here_s:.3f}")
    row(f"{exercise.id}: seconds each, {WORKERS} workers on loopback", f"{there_s:.3f}")
    row("ratio, median of the rounds", f"{ratio:.3f}")
    row(
        f"scheduler, worker and client for a chunk of {len(outcomes)}, nothing graded: milliseconds",
        f"{1000 * task_s:.2f}",
    )
    row("a chunk and its reply: KiB", f"{len(chunk) / 1024:.0f} + {len(reply) / 1024:.0f}")
    print(f"\n{MANY:,} submissions on {MACHINES} machines of {WORKERS} places:")
    row("hours of grading", f"{MANY * there_s / MACHINES / 3600:.2f}")
    row("hours of one scheduler, at the same time", f"{tasks * task_s / 3600:.2f}")
    row("chunks in all", f"{tasks:,}")
    row("chunks in the scheduler at most", f"{AHEAD * places:,}")
    row("their KiB at most", f"{AHEAD * places * len(chunk) / 1024:,.0f}")
    row("GiB through the scheduler", f"{MANY * each_bytes / (1 << 30):.1f}")


def count_tasks(job: Job, places: int) -> int:
    """Return how many chunks many submissions make on so many places."""
    chunks = Chunks(repeat(job, MANY))
    return sum(1 for _ in iter(lambda: chunks.take(places), ()))


if __name__ == "__main__":
    main()
