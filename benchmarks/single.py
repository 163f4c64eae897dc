"""How long one exercise takes to grade, as ratios of what no grader can avoid.

Prints a table; commands are timed in turn, A B A B …, so that a slow moment of the
machine hits both. Run by `make bench`; `--seeds N` also counts false rejections of every
right solution over N seeds, which takes minutes.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grader.author.prover import Prover
from grader.course import find_exercise, load_course
from grader.judge.loading import load_names
from grader.judge.session import grade, open_starter
from grader.model import GradeOptions, GradeRequest, Status
from grader.worker.preload import preload

ROOT = Path(__file__).parent.parent
GRADER = str(Path(sys.executable).with_name("grader"))


def wall_s(command: list[str], cwd: Path) -> float:
    """Return the seconds that a command takes as a whole process."""
    start = time.perf_counter()
    subprocess.run(command, cwd=cwd, check=True, capture_output=True)
    return time.perf_counter() - start


def compare(name: str, ours: list[str], theirs: list[str], *, runs: int, cwd: Path, aim: float) -> None:
    """Print the median time of two commands and the median of their ratios."""
    pairs = [(wall_s(ours, cwd), wall_s(theirs, cwd)) for _ in range(runs + 1)][1:]
    ratio = statistics.median(a / b for a, b in pairs)
    mine, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"{name:<58} {mine:7.3f} s / {other:.3f} s = {ratio:5.2f}   aim <= {aim}")


def time_grading(runs: int) -> None:
    """Print what grading costs once torch is there."""
    course = load_course(None)
    options = GradeOptions(course=course, seed=1, lang="en")
    preload(name for exercise in course.exercises for name in exercise.preload)
    with open_starter("cpu") as starter:
        for exercise in course.exercises:
            times = []
            for _ in range(runs + 1):
                start = time.perf_counter()
                report = grade(GradeRequest(exercise, exercise.solution), options=options, starter=starter).report
                times.append(time.perf_counter() - start)
                if not report.passed:
                    sys.exit(f"{exercise.id} rejects its reference: {report}")
            print(
                f"{exercise.id}: {len(report.checks)} checks, after torch and pytest are imported"
                f"{'':<12} first {1000 * times[0]:6.0f} ms   median {1000 * statistics.median(times[1:]):6.0f} ms"
            )


def count_rejections(seeds: int) -> None:
    """Print how often a right solution is rejected."""
    for exercise in load_course(None).exercises:
        right = ROOT / "tests" / "course" / "right" / exercise.name
        for file in [exercise.solution, *sorted(right.glob("*.py"))]:
            prover, names = Prover(exercise), load_names(file)
            rejected = 0
            for seed in range(seeds):
                rejected += any(run.status is not Status.PASSED for run in prover.prove(names, seed).runs)
            print(f"{exercise.id} {file.name:<32} rejected {rejected} of {seeds} seeds")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--seeds", type=int, default=0)
    asked = parser.parse_args()
    python = [sys.executable, "-c"]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        exercise = find_exercise(load_course(None), "ex3")
        answer = place / exercise.file_name
        answer.write_bytes(exercise.solution.read_bytes())
        check = [GRADER, "check", "ex3", str(answer)]
        compare(
            "cold grader check ex3 / import torch",
            check,
            [*python, "import torch"],
            runs=asked.runs,
            cwd=place,
            aim=1.2,
        )
        compare(
            "grader list / import click",
            [GRADER, "list"],
            [*python, "import click"],
            runs=2 * asked.runs,
            cwd=place,
            aim=3,
        )
    time_grading(asked.runs)
    if asked.seeds:
        count_rejections(asked.seeds)


if __name__ == "__main__":
    main()
