"""What the learner's code does, as curves: an exercise's plot.py run on a confined worker."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import msgspec

from grader.errors import CourseError, GraderError
from grader.judge.bench import Bench
from grader.judge.curves import NothingToSeeError, presentable
from grader.judge.draw import Draw, derive_seed
from grader.judge.loading import load_names
from grader.judge.replay import rehearse
from grader.judge.session import place_of
from grader.judge.student import Student
from grader.judge.submission import read_submission
from grader.judge.verdicts import BadReply, CheckFailed, LearnerError, SourceFault, WorkerDied

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from grader.model import Exercise, GradeOptions, GradeRequest, Plot
    from grader.worker.place import Starter

    Drawing = Callable[[Student, Draw], Plot]

# A picture is worth less patience than a verdict.
WALL_S = 3.0
# What a learner's code can do to a plot; all else may be a fault of plot.py.
_THEIRS = (NothingToSeeError, LearnerError, WorkerDied, BadReply, SourceFault, CheckFailed)


def plot_of(request: GradeRequest, *, options: GradeOptions, starter: Starter) -> Plot | None:
    """Return the plot of a learner's file; None where there is none, or where the code does not get that far.

    The same seed draws the same plot. It is drawn on the CPU, whatever the device of `options`.

    Raises:
        UsageError: the file cannot be read.
        CourseError: plot.py fails on the reference too.
        WorkerFault: no worker can be started.
    """
    exercise = request.exercise
    if not exercise.plot.is_file():
        return None
    drawing = _load(exercise)
    seed = derive_seed(options.seed, exercise.id, "plot")
    try:
        return _plot_confined(drawing, request, seed=seed, options=options, starter=starter)
    except _THEIRS:
        return None
    except GraderError:
        raise
    except Exception:  # noqa: BLE001 - plot.py computes with whatever the learner's code returned
        plot_trusted(exercise, load_names(exercise.solution), seed=seed)
        return None


def plot_trusted(exercise: Exercise, names: Mapping[str, object], *, seed: int) -> Plot:
    """Return the plot of trusted code (the reference, a named mistake) in this process.

    Raises:
        CourseError: plot.py cannot draw it.
    """
    drawing = _load(exercise)
    found: list[Plot] = []

    def draw_once(student: Student, draw: Draw) -> None:
        found.append(presentable(drawing(student, draw)))

    error = rehearse(draw_once, names, seed=seed, params={}, patience_s=WALL_S).error
    if error is not None:
        raise CourseError(
            "course.cannot_execute", path=exercise.plot, error=f"{type(error).__name__}: {error}"
        ) from error
    return found[0]


def _load(exercise: Exercise) -> Drawing:
    drawing = load_names(exercise.plot).get("plot")
    if not callable(drawing):
        raise CourseError("course.cannot_execute", path=exercise.plot, error="it defines no plot(student, draw)")
    return drawing  # type: ignore[no-any-return]


def _plot_confined(
    drawing: Drawing, request: GradeRequest, *, seed: int, options: GradeOptions, starter: Starter
) -> Plot:
    usual = options.limits
    limits = msgspec.structs.replace(usual, wall_s=min(usual.wall_s, WALL_S), cpu_s=min(usual.cpu_s, WALL_S))
    submission = read_submission(request.file)
    place = place_of(submission, msgspec.structs.replace(options, limits=limits, device="cpu"))
    bench = Bench(submission, place, starter)
    try:
        seat = bench.open(seed=seed, more=False)
        try:
            with warnings.catch_warnings():
                # What torch says of the learner's shapes is for a check to say.
                warnings.simplefilter("ignore")
                plot = presentable(drawing(Student(seat.courier), Draw(seed)))
            seat.finish()
        finally:
            seat.close()
    finally:
        bench.close()
    return plot
