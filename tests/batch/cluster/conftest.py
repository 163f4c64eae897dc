"""A Dask cluster on loopback: a scheduler, and workers as processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from grader.batch.work import Job
from grader.model import GradeOptions
from tests.warm.conftest import RIGHT, WRONG, write_small
from tests.warm.processes import becomes_true, below

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from grader.model import Course

PATIENCE_S = 15.0
SLOW = "import time\n\n\ndef f(x):\n    time.sleep(0.05)\n    return x * 2\n"
BROKEN = "def f(x):\n    raise ValueError(x)\n"
EXITS = "import os\n\n\ndef f(x):\n    os._exit(0)\n"
SOURCES = (RIGHT, WRONG, BROKEN, EXITS)


class Cluster:
    """A scheduler and the workers that were started for it; all in `folder`, all gone when it is closed."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self._folder = folder
        self._environ = {**os.environ, **environ}
        self.workers: list[subprocess.Popen[bytes]] = []
        about = folder / "scheduler.json"
        self.scheduler = self._start(
            "dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(about)
        )
        assert becomes_true(lambda: about.is_file() and about.read_text(encoding="utf-8").endswith("}"))
        self.address: str = json.loads(about.read_text(encoding="utf-8"))["address"]

    def add_worker(self, *options: str, **environ: str) -> subprocess.Popen[bytes]:
        """Start one more worker of one thread."""
        started = self._start(
            "dask_worker",
            *(self.address, "--nworkers", "1", "--nthreads", "1", "--memory-limit", "0"),
            *("--local-directory", str(self._folder / f"scratch{len(self.workers)}")),
            *(options or ("--no-nanny",)),
            **environ,
        )
        self.workers.append(started)
        return started

    def await_workers(self, count: int) -> None:
        """Wait until so many workers have been heard of."""
        from distributed import Client  # noqa: PLC0415 - an extra

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=PATIENCE_S)

    def close(self) -> None:
        """End all of it."""
        # Without its scheduler a worker would wait for another before it ends.
        end = subprocess.Popen.terminate if self.scheduler.poll() is None else subprocess.Popen.kill
        for process in (*self.workers, self.scheduler):
            end(process)
            try:
                process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(self, module: str, *options: str, **environ: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{module}", "--no-dashboard", *options]
        with (self._folder / "cluster.log").open("ab") as log:
            return subprocess.Popen(command, cwd=self._folder, env=self._environ | environ, stdout=log, stderr=log)


@contextmanager
def started(folder: Path, *, workers: int, **environ: str) -> Iterator[Cluster]:
    """Start a cluster, and end it afterwards."""
    cluster = Cluster(folder, environ)
    try:
        for _ in range(workers):
            cluster.add_worker()
        yield cluster
    finally:
        cluster.close()


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Return a course of one exercise."""
    return write_small(tmp_path_factory.mktemp("course"))


@pytest.fixture
def options(course: Course) -> GradeOptions:
    """Return how to grade."""
    return GradeOptions(course=course, seed=7, lang="en")


def a_class(size: int, *, sources: tuple[str, ...] = SOURCES) -> list[Job]:
    """Return what a class handed in."""
    return [Job(student=f"student {n}", exercise="ex1", source=sources[n % len(sources)].encode()) for n in range(size)]


def nothing_below(process: subprocess.Popen[bytes]) -> bool:
    """Say whether nothing that a worker started is left, or soon will be."""
    return becomes_true(lambda: not below(process.pid))


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process as the kernel does when memory is short."""
    process.send_signal(signal.SIGKILL)
    process.wait()
