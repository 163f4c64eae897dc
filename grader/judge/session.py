"""Grade submissions: one pytest session for each, its checks against confined workers."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

import msgspec

from grader.errors import CourseError, GraderError
from grader.model import Graded, Report, Status
from grader.worker.preload import preload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from grader.judge.bench import Bench
    from grader.judge.plugin import CheckRun, Grading
    from grader.judge.submission import Submission
    from grader.model import CheckResult, Course, Exercise, GradeOptions, GradeRequest
    from grader.worker.place import Place, Starter

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
    return sys.platform == "linux" and device in ("auto", "cpu")


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
) -> Graded:
    """Return the verdict on one submission.

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
        grading = _run_checks(exercise, bench, options, device, on_check)
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
    exercise: Exercise, bench: Bench, options: GradeOptions, device: str, on_check: Callable[[CheckResult], None] | None
) -> Grading:
    from grader.judge.plugin import Grading  # noqa: PLC0415
    from grader.judge.result import result_of  # noqa: PLC0415

    def ended(run: CheckRun, runs: Sequence[CheckRun]) -> None:
        if on_check is not None:
            on_check(result_of(run, runs, exercise, options))

    grading = Grading(
        bench,
        exercise=exercise.id,
        seed=options.seed,
        device=device,
        present=_has_device(device),
        on_end=ended,
    )
    wrote_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    # Whatever the user set for pytest runs of their own is not meant for this one.
    theirs = {name: os.environ.pop(name) for name in PYTEST_VARIABLES if name in os.environ}
    try:
        _collect_and_run(exercise.checks, grading)
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


def _collect_and_run(checks: Path, *plugins: object) -> None:
    """Run a session over one file, whose module is forgotten afterwards: its name must not stand for another file's."""
    import pytest  # noqa: PLC0415 - a seventh of a second that listing need not pay

    before = frozenset(sys.modules)
    try:
        pytest.main(_arguments(checks), plugins=list(plugins))
    finally:
        for name in sys.modules.keys() - before:
            if name.rpartition(".")[2] == checks.stem:
                del sys.modules[name]


def _arguments(checks: Path) -> list[str]:
    unused = [option for name in UNUSED_PLUGINS for option in ("-p", f"no:{name}")]
    names = ["-o", f"python_files={checks.name}", "--rootdir", str(checks.parent.parent)]
    # Else pytest looks through every folder from the root of the file system on.
    names += ["--confcutdir", str(checks.parent)]
    return [*PYTEST_OPTIONS, *unused, *names, str(checks)]


def rehearse_session() -> None:
    """Run a session over a check of nothing, so that pytest makes its own late imports now."""
    import tempfile  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        checks = Path(folder) / "checks.py"
        checks.write_text("def test_nothing():\n    pass\n", encoding="utf-8")
        _collect_and_run(checks)


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
