"""What grading a class costs: rates, memory, resuming, and the ratio to one pytest process a submission.

Prints a table. Every submission differs from every other, a third are right, a third stubs
or wrong in a named way. `--submissions 10000` is the long run; it takes a quarter of an hour
on two cores. Run by `make bench-batch`.
"""

from __future__ import annotations

import argparse
import inspect
import itertools
import os
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from grader.author.prover import right_solutions
from grader.course import find_exercise, load_course
from grader.judge.replay import load_mistakes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.model import Exercise

GRADER = str(Path(sys.executable).with_name("grader"))
HERE = Path(__file__).parent
EXERCISE = "ex3"
SAMPLE_S = 0.5
# Adding up the memory of a dozen processes stops each for a moment.
MEMORY_SAMPLE_S = 3.0
# A first and a last part of a run that are compared.
PART = 0.1


def texts_of(exercise: Exercise) -> Iterator[str]:
    """Yield files as students write them, over and over: right ones, the stub, named mistakes."""
    right = [path.read_text(encoding="utf-8") for path in right_solutions(exercise)]
    wrong = [exercise.stub.read_text(encoding="utf-8")]
    for mistake in load_mistakes(exercise):
        source = textwrap.dedent(inspect.getsource(mistake.implementation))
        body = source[source.index("def ") :].partition("(")[2]
        wrong.append(f"import torch\n\n\ndef {mistake.replaces}({body}")
    for number in itertools.count():
        text = right[number // 2 % len(right)] if number % 2 else wrong[number // 2 % len(wrong)]
        yield f"{text}\n\nSTUDENT_NUMBER = {number}\n"


def write_class(folder: Path, exercise: Exercise, students: int) -> None:
    """Write a folder for each of so many students."""
    for number, text in zip(range(students), texts_of(exercise), strict=False):
        file = folder / f"student{number:06d}" / exercise.file_name
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")


def command(folder: Path, out: Path, jobs: int) -> list[str]:
    """Return the command that grades the class in `folder`."""
    words = [GRADER, "batch", str(folder), "--out", str(out), "--exercises", EXERCISE, "--jobs", str(jobs)]
    return [*words, "--seed", "7"]


def run(words: list[str]) -> float:
    """Return the seconds that a command takes; it must succeed."""
    start = time.perf_counter()
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{words}: {done.stderr}")
    return time.perf_counter() - start


def time_jobs(folder: Path, exercise: Exercise, students: int) -> float:
    """Print graded files a second for 1, 2 and 4 jobs, start and exports included; return the best."""
    rates = {}
    for jobs in (1, 2, 4):
        out = folder.with_name(f"out{jobs}")
        rates[jobs] = students / run(command(folder, out, jobs))
        print(f"{exercise.id}, {students} files, {jobs} jobs{'':<24} {rates[jobs]:8.2f} a second")
    return max(rates.values())


def time_pytest(folder: Path, exercise: Exercise, students: int) -> float:
    """Return how many files a second one pytest process each grades, as many at once as there are cores."""
    options = ["-q", "-p", "in_process", "-p", "no:cacheprovider", "-c", os.devnull, "-o", "python_files=checks.py"]
    files = sorted(folder.glob(f"*/{exercise.file_name}"))[:students]

    def grade(file: Path) -> None:
        words = [sys.executable, "-m", "pytest", *options, "--submission", str(file), str(exercise.checks)]
        env = {**os.environ, "PYTHONPATH": str(HERE), "OMP_NUM_THREADS": "1"}
        done = subprocess.run(words, capture_output=True, env=env, check=False, text=True)
        if done.returncode not in (0, 1):
            sys.exit(done.stdout + done.stderr)

    cores = len(os.sched_getaffinity(0))
    start = time.perf_counter()
    with ThreadPoolExecutor(cores) as threads:
        list(threads.map(grade, files))
    return len(files) / (time.perf_counter() - start)


def tree_of(root: int) -> list[int]:
    """Return the ids of a process and all below it."""
    below: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, ValueError, IndexError):
                parent = int(
                    (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1]
                )
                below.setdefault(parent, []).append(int(entry.name))
    found = [root]
    for pid in found:
        found += below.get(pid, [])
    return found


def memory_of(root: int) -> int:
    """Return the bytes that a process and all below it take together; what they share counts once."""
    total = 0
    for pid in tree_of(root):
        with suppress(OSError, StopIteration):
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
            total += 1024 * int(next(line for line in lines if line.startswith("Pss:")).split()[1])
    return total


class Peak:
    """Looks at the memory of a process tree again and again."""

    def __init__(self, pid: int) -> None:
        self.bytes = 0
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> None:
        """Stop looking."""
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(MEMORY_SAMPLE_S):
            self.bytes = max(self.bytes, memory_of(self._pid))


def verdicts(out: Path) -> int:
    """Return how many verdicts are kept."""
    with closing(sqlite3.connect(f"file:{out / 'results.db'}?mode=ro", uri=True)) as db:
        return int(db.execute("SELECT COUNT(*) FROM verdicts").fetchone()[0])


def long_run(folder: Path, students: int, jobs: int) -> float:
    """Kill a run in the middle, resume it, and run it once more: print rates, memory and what it took.

    Returns:
        Graded files a second, with the kill, both starts and the exports.
    """
    out = folder.with_name("out-long")
    marks: list[tuple[float, int]] = []
    started = subprocess.Popen(command(folder, out, jobs), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = Peak(started.pid)
    killed = resumed_s = 0.0
    start = time.perf_counter()
    while started.poll() is None:
        time.sleep(SAMPLE_S)
        with suppress(sqlite3.Error):
            marks.append((time.perf_counter() - start, verdicts(out)))
        if not killed and marks and marks[-1][1] > students // 2:
            started.send_signal(signal.SIGKILL)
            started.wait()
            peak.stop()
            killed = marks[-1][1]
            before = time.perf_counter()
            started = subprocess.Popen(command(folder, out, jobs), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            most, peak = peak.bytes, Peak(started.pid)
            while verdicts(out) <= killed:
                time.sleep(0.02)
            resumed_s = time.perf_counter() - before
    peak.stop()
    whole_s = time.perf_counter() - start
    part = int(students * PART)
    first, last = rate(marks, 0, part), rate(marks, students - part, students)
    print(f"{students} files, {jobs} jobs: {whole_s:.0f} s, {students / whole_s:.2f} a second")
    print(f"  last {part} over first {part}: {last:.2f} / {first:.2f} = {last / first:.3f}   aim >= 0.95")
    print(f"  peak memory of the process tree: {max(most, peak.bytes) / 1e9:.2f} GB   aim < 1.5")
    print(f"  kill -9 after {killed:.0f}: the next verdict {resumed_s:.1f} s after the same command")
    print(f"  {verdicts(out)} verdicts in all")
    again_s = statistics.median(run(command(folder, out, jobs)) for _ in range(3))
    print(f"  nothing changed: {again_s:.2f} s, {whole_s / again_s:.0f} times faster   aim >= 100")
    return students / whole_s


def rate(marks: list[tuple[float, int]], low: int, high: int) -> float:
    """Return how many files a second were graded between two counts: no start before, no exports after."""
    begun_s, begun = next(mark for mark in marks if mark[1] >= max(low, 1))
    ended_s, ended = next(mark for mark in marks if mark[1] >= high)
    return (ended - begun) / (ended_s - begun_s)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", type=int, default=200, help="files for the rates")
    parser.add_argument("--pytest", type=int, default=20, help="files for one pytest process each")
    parser.add_argument("--submissions", type=int, default=1000, help="files for the long run; 0 leaves it out")
    parser.add_argument("--jobs", type=int, default=2, help="jobs of the long run")
    asked = parser.parse_args()
    exercise = find_exercise(load_course(None), EXERCISE)
    place = Path(tempfile.mkdtemp(prefix="bench-batch"))
    try:
        write_class(place / "short", exercise, asked.short)
        ours = time_jobs(place / "short", exercise, asked.short)
        theirs = time_pytest(place / "short", exercise, asked.pytest)
        print(f"one pytest process each: {theirs:.2f} a second; ratio {ours / theirs:.1f}   aim >= 30")
        if asked.submissions:
            write_class(place / "long", exercise, asked.submissions)
            ours = long_run(place / "long", asked.submissions, asked.jobs)
            print(f"  ratio to one pytest process each: {ours / theirs:.1f}   aim >= 30")
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
