"""Grade submissions: one pytest session for each, its checks against confined workers."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from grader.errors import CourseError, GraderError
from grader.model import CheckResult, Report, Status
from grader.worker.preload import preload

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.judge.bench import Bench
    from grader.judge.plugin import CheckRun, Grading
    from grader.judge.submission import Submission
    from grader.model import Course, Exercise, GradeOptions, GradeRequest
    from grader.worker.place import Place, Starter

# The order in which one status speaks for an exercise whose checks ended differently.
SEVERITY = (Status.CRASHED, Status.TIMEOUT, Status.ERROR, Status.MISSING, Status.FAILED, Status.NOT_STARTED)
MAX_OUTPUT = 4_000
PYTEST_OPTIONS = (
    "-c", os.devnull, "--noconftest", "--import-mode=importlib", "--assert=plain",
    "--disable-plugin-autoload",
)  # fmt: skip
PYTEST_VARIABLES = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_CURRENT_TEST")
UNUSED_PLUGINS = (
    "terminal", "cacheprovider", "junitxml", "logging", "doctest", "faulthandler", "stepwise", "pastebin", "debugging",
    "skipping", "setuponly", "setupplan", "unittest", "recwarn", "monkeypatch", "legacypath", "threadexception",
    "unraisableexception", "warnings", "capture", "tmpdir", "pytester_assertions", "reports", "subtests",
)  # fmt: skip


def grade_all(requests: Sequence[GradeRequest], *, options: GradeOptions) -> Iterator[Report]:
    """Yield the report of each request, in order.

    Workers start from a process forked before any check or solution is in memory.

    Raises:
        GraderError: a file cannot be read, or the grader itself is at fault.
    """
    preload(name for request in requests for name in request.exercise.preload)
    with open_starter(options.device) as starter:
        for request in requests:
            yield grade(request, options=options, starter=starter)


def open_starter(device: str) -> Starter:
    """Return the way to start workers here: fork on Linux for the CPU, spawn otherwise."""
    if sys.platform == "linux" and device in ("auto", "cpu"):
        from grader.worker.nursery import Nursery  # noqa: PLC0415 - needs fork

        return Nursery()
    from grader.worker.spawn import Spawner  # noqa: PLC0415 - only where fork will not do

    return Spawner()


def grade(request: GradeRequest, *, options: GradeOptions, starter: Starter) -> Report:
    """Return the report of one submission.

    Raises:
        UsageError: the file cannot be read.
        CourseError: the exercise's checks cannot be run.
        WorkerFault: no worker can be started.
    """
    from grader.judge.bench import Bench  # noqa: PLC0415 - the nursery must be open before the judge is in memory
    from grader.judge.submission import read_submission  # noqa: PLC0415

    start = time.perf_counter()
    exercise = request.exercise
    submission = read_submission(request.file)
    device = "cpu" if options.device == "auto" else options.device
    bench = Bench(submission, place_of(submission, options), starter)
    try:
        grading = _run_checks(exercise, bench, seed=options.seed, device=device)
        return _report(grading, exercise, bench, options, device, start)
    finally:
        bench.close()


def place_of(submission: Submission, options: GradeOptions) -> Place:
    """Return where a submission's workers live: beside its file, never near course or grader."""
    from pathlib import Path  # noqa: PLC0415

    import grader  # noqa: PLC0415
    from grader.worker.place import Place  # noqa: PLC0415

    package = Path(grader.__file__).parent.resolve()
    course: Course = options.course
    hidden = (package, course.root.resolve(), (course.root.parent / "solutions").resolve())
    device = "cpu" if options.device == "auto" else options.device
    return Place(str(submission.file.resolve().parent), tuple(map(str, hidden)), options.limits, device)


def _run_checks(exercise: Exercise, bench: Bench, *, seed: int, device: str) -> Grading:
    import pytest  # noqa: PLC0415 - a seventh of a second that listing need not pay

    from grader.judge.plugin import Grading  # noqa: PLC0415

    grading = Grading(bench, exercise=exercise.id, seed=seed, device=device, present=_has_device(device))
    unused = [option for name in UNUSED_PLUGINS for option in ("-p", f"no:{name}")]
    root = str(exercise.folder.parent)
    args = [
        *PYTEST_OPTIONS,
        *unused,
        "-o",
        f"python_files={exercise.checks.name}",
        "--rootdir",
        root,
        str(exercise.checks),
    ]
    wrote_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    # Whatever the user set for pytest runs of their own is not meant for this one.
    theirs = {name: os.environ.pop(name) for name in PYTEST_VARIABLES if name in os.environ}
    try:
        pytest.main(args, plugins=[grading])
    finally:
        sys.dont_write_bytecode = wrote_bytecode
        os.environ.update(theirs)
    for fault in grading.faults:
        if isinstance(fault, GraderError):
            raise fault
        raise CourseError(
            "course.cannot_execute", path=exercise.checks, error=f"{type(fault).__name__}: {fault}"
        ) from fault
    if not grading.runs:
        raise CourseError("course.no_checks", path=exercise.checks)
    return grading


def _has_device(device: str) -> bool:
    import torch  # noqa: PLC0415 - loaded by now

    if device == "cuda":
        return torch.cuda.is_available()
    if device == "mps":
        return torch.backends.mps.is_available()
    return True


def _report(
    grading: Grading, exercise: Exercise, bench: Bench, options: GradeOptions, device: str, start: float
) -> Report:
    from grader.judge.diagnose import Diagnosis, is_listed, relation_of  # noqa: PLC0415 - pytest comes first
    from grader.judge.explain import explain  # noqa: PLC0415

    mistake, by_check = Diagnosis(exercise, options.lang).name(grading.runs, bench)
    shares = _shares(grading.runs, exercise.points)
    results = tuple(
        CheckResult(
            name=run.name,
            title=run.title.in_lang(options.lang),
            status=run.status,
            score=share if run.status is Status.PASSED else 0.0,
            max_score=share,
            message=explain(
                run,
                exercise,
                grading.runs,
                limits=options.limits,
                lang=options.lang,
                relation=relation_of(run) if is_listed(by_check.get(run.name)) else None,
            ),
            mistake=by_check.get(run.name),
            seconds=round(run.seconds, 4),
            output=_output(run),
        )
        for run, share in zip(grading.runs, shares, strict=True)
    )
    status = overall(results)
    passed = status is Status.PASSED
    return Report(
        exercise=exercise.id,
        name=exercise.slug,
        passed=passed,
        status=status,
        score=exercise.points if passed else round(sum(result.score for result in results), 4),
        max_score=exercise.points,
        device=device,
        seed=options.seed,
        seconds=round(time.perf_counter() - start, 4),
        sandbox=bench.sandbox,
        mistake=mistake,
        checks=results,
    )


def _shares(runs: Sequence[CheckRun], points: float) -> list[float]:
    total = sum(run.spec.weight for run in runs)
    return [round(points * run.spec.weight / total, 4) for run in runs]


def _output(run: CheckRun) -> str:
    from grader.sanitise import plain  # noqa: PLC0415

    raw = run.seat.output if run.seat is not None else getattr(run.error, "output", b"")
    return plain(raw.decode("utf-8", "replace"), MAX_OUTPUT)


def overall(results: Sequence[CheckResult]) -> Status:
    """Return the status of an exercise. No check run is never a pass."""
    statuses = {result.status for result in results}
    if statuses == {Status.PASSED}:
        return Status.PASSED
    if statuses <= {Status.NOT_STARTED, Status.SKIPPED} and Status.NOT_STARTED in statuses:
        return Status.NOT_STARTED
    # A half-filled file is wrong, not untouched.
    return next(
        (status for status in SEVERITY[:-1] if status in statuses),
        Status.FAILED if Status.PASSED in statuses else Status.SKIPPED,
    )
