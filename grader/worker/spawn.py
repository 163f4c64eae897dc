"""Start workers by spawn, where there is no fork or a GPU forbids it: slower, the same wall."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

import msgspec

import grader
from grader.errors import WorkerFault
from grader.worker import pictures
from grader.worker.frames import Channel
from grader.worker.limits import CPU, OUTPUT, WALL, Watch
from grader.worker.place import STOPPED, Ending, Place
from grader.worker.scratch import remove_tree

if TYPE_CHECKING:
    from types import TracebackType

TICK_S = 0.02
SIGXCPU = 24
# The child finds the grader where this process found it, installed or not.
START = "import sys; sys.path.append(sys.argv.pop()); from grader.worker.spawned import main; main()"


class Setup(msgspec.Struct, frozen=True):
    """The first frame to a spawned worker."""

    place: Place
    scratch: str


class Spawner:
    """Starts each worker as a new interpreter."""

    def __init__(self) -> None:
        self._workers: list[SpawnedWorker] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self, place: Place) -> SpawnedWorker:
        """Start one worker for `place`; it loads nothing before it is told to.

        Raises:
            WorkerFault: the interpreter cannot be started.
        """
        try:
            worker = SpawnedWorker(place)
        except OSError as error:
            raise WorkerFault("fault.cannot_spawn", error=str(error)) from None
        self._workers.append(worker)
        return worker

    def close(self) -> None:
        """End all workers."""
        for worker in self._workers:
            worker.stop()
            worker.ending()
        self._workers.clear()


class SpawnedWorker:
    """One spawned worker, with the thread that keeps its limits."""

    def __init__(self, place: Place) -> None:
        self._limits = place.limits
        self._scratch = Path(tempfile.mkdtemp(prefix="gradlings-")).resolve()
        pictures.hand_over_fonts(self._scratch)
        root = str(Path(grader.__file__).parent.parent)
        # An own environment: whatever secrets the grader was started with stay here.
        kept = {name: os.environ[name] for name in ("SYSTEMROOT", "PATH", "CUDA_VISIBLE_DEVICES") if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", START, root],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd=self._scratch,
            env=kept,
            start_new_session=sys.platform != "win32",
        )
        stdin, stdout, stderr = self._process.stdin, self._process.stdout, self._process.stderr
        if stdin is None or stdout is None or stderr is None:
            raise WorkerFault("fault.cannot_spawn", error="no pipes")
        self._pipes = (stdin, stdout, stderr)
        self.channel = Channel(stdout.fileno(), stdin.fileno(), limit_bytes=place.limits.reply_bytes)
        self._deadline_s = float("inf")
        self._reason = ""
        self._output = bytearray()
        self._reader = threading.Thread(target=self._read_output, daemon=True)
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._reader.start()
        self._keeper.start()
        with contextlib.suppress(OSError):
            # Where it died already, the judge learns so from its silence.
            self.channel.send(msgspec.msgpack.encode(Setup(place, str(self._scratch))))

    def begin(self) -> None:
        """Start the wall clock."""
        self._deadline_s = time.monotonic() + self._limits.wall_s

    def stop(self) -> None:
        """End the worker, without waiting for it."""
        self._kill(STOPPED)

    def ending(self) -> Ending:
        """Wait for the end of the worker and say how it came."""
        self._process.wait()
        self._keeper.join()
        self._reader.join()
        for pipe in self._pipes:
            pipe.close()
        remove_tree(self._scratch)
        code = self._process.returncode
        signal = -code if code < 0 else 0
        reason = self._reason or (CPU if signal == SIGXCPU else "")
        return Ending(reason, max(code, 0), signal, bytes(self._output))

    def _kill(self, reason: str) -> None:
        if self._process.poll() is None:
            self._reason = self._reason or reason
            self._process.kill()

    def _read_output(self) -> None:
        stderr = self._pipes[2]
        while part := stderr.read(1 << 16):
            room = self._limits.output_bytes - len(self._output)
            self._output += part[:room]
            if len(part) > room:
                self._kill(OUTPUT)

    def _keep(self) -> None:
        watch = Watch(self._process.pid, self._scratch, self._limits)
        while self._process.poll() is None:
            if time.monotonic() > self._deadline_s:
                self._kill(WALL)
            elif broken := watch.broken_limit():
                self._kill(broken)
            time.sleep(TICK_S)
