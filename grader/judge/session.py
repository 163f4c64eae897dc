"""Grade submissions: one pytest session for each, its checks against confined workers."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import msgspec

from grader.errors import CourseError, GraderError
from grader.model import Graded, Report, Status
from grader.worker.preload import preload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from grader.judge.bench import Bench
    from grader.judge.plugin import CheckRun, Grading
    from grader.judge.sitting import Sitting
    from grader.judge.submission import Submission
    from grader.model import CheckResult, Course, Exercise, GradeOptions, GradeRequest
    from grader.worker.place import Place, Starter


def grade_all(requests: Sequence[GradeRequest], *, options: GradeOptions) -> Iterator[Graded]:
    """Yield the verdict on each request, in order.

    Workers start from a process forked before any check or solution is in memory.

    Raises:
        GraderError: a file cannot be read, or the grader itself is at fault.
    """
    preload(())
    modules = dict.fromkeys(name for request in requests for name in request.exercise.preload)
    with open_starter(options.device, tuple(modules)) as starter:
        for request in requests:
            yield grade(request, options=options, starter=starter)


def is_forked(device: str) -> bool:
    """Say whether workers for `device` are forked here: CUDA must not be, and only Linux confines a fork."""
    if sys.platform != "linux" or device not in ("auto", "cpu"):
        return False
    from grader.worker.zygote import can_copy  # noqa: PLC0415 - needs torch

    return can_copy()


def open_starter(device: str, modules: Sequence[str] = ()) -> Starter:
    """Return the way to start workers here: fork on Linux for the CPU, spawn otherwise.

    Forked workers have `modules` imported already.
    """
    if is_forked(device):
        from grader.worker.nursery import Nursery  # noqa: PLC0415 - needs fork

        return Nursery.fork(modules)
    from grader.worker.spawn import Spawner  # noqa: PLC0415 - only where fork will not do

    return Spawner()


def grade(
    request: GradeRequest,
    *,
    options: GradeOptions,
    starter: Starter,
    on_check: Callable[[CheckResult], None] | None = None,
    sitting: Sitting | None = None,
) -> Graded:
    """Return the verdict on one submission, whose checks run in the session that is open, or in one of their own.

    `on_check` gets each check as it ends. Its message is complete but for what all checks
    together tell: the mistake, and what was printed, come with the verdict.

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
        grading = _run_checks(exercise, bench, options, device, on_check, sitting)
        report = _report(grading, exercise, bench, options, device)
    finally:
        bench.close()
    seconds = round(time.perf_counter() - start, 4)
    return Graded(msgspec.structs.replace(report, seconds=seconds), submission.sha256)


def place_of(submission: Submission, options: GradeOptions) -> Place:
    """Return where a submission's workers live: beside its file, never near course or grader."""
    from pathlib import Path  # noqa: PLC0415

    import grader  # noqa: PLC0415
    from grader.worker.place import Place  # noqa: PLC0415

    package = Path(grader.__file__).parent.resolve()
    course: Course = options.course
    # A checkout that is installed in place has a second copy of the course where packages are installed.
    copies = {Path(entry, package.name).resolve() for entry in sys.path if Path(entry, package.name).is_dir()}
    hidden = (*sorted({package, *copies}), course.root.resolve(), (course.root.parent / "solutions").resolve())
    device = "cpu" if options.device == "auto" else options.device
    return Place(str(submission.file.resolve().parent), tuple(map(str, hidden)), options.limits, device)


def _run_checks(
    exercise: Exercise,
    bench: Bench,
    options: GradeOptions,
    device: str,
    on_check: Callable[[CheckResult], None] | None,
    sitting: Sitting | None,
) -> Grading:
    from grader.judge.plugin import Grading  # noqa: PLC0415 - a seventh of a second that listing need not pay
    from grader.judge.result import result_of  # noqa: PLC0415
    from grader.judge.sitting import in_session  # noqa: PLC0415

    def ended(run: CheckRun, runs: Sequence[CheckRun]) -> None:
        if on_check is not None:
            on_check(result_of(run, runs, exercise, options))

    grading = Grading(
        bench.open,
        exercise=exercise.id,
        seed=options.seed,
        device=device,
        present=_has_device(device),
        on_end=ended,
    )
    if sitting is None:
        in_session(lambda opened: opened.run(exercise.checks, grading))
    else:
        sitting.run(exercise.checks, grading)
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


def _report(grading: Grading, exercise: Exercise, bench: Bench, options: GradeOptions, device: str) -> Report:
    from grader.judge.diagnose import Diagnosis, is_listed, relation_of  # noqa: PLC0415 - pytest comes first
    from grader.judge.result import output_of, overall, result_of  # noqa: PLC0415

    runs = grading.runs
    mistake, by_check = Diagnosis(exercise, options.lang).name(runs, bench)
    results = tuple(
        msgspec.structs.replace(
            result_of(
                run,
                runs,
                exercise,
                options,
                mistake=by_check.get(run.name),
                relation=relation_of(run) if is_listed(by_check.get(run.name)) else None,
            ),
            output=output_of(run),
        )
        for run in runs
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
        seconds=0.0,
        sandbox=bench.sandbox,
        mistake=mistake,
        checks=results,
    )
