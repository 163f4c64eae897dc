"""Whether a machine may grade a run: the same grader, the same course, and confinement."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from grader.batch.cluster.wire import Setup
from grader.batch.digest import engine_digest, exercise_digest
from grader.course import default_root, load_course
from grader.errors import UsageError
from grader.model import GradeOptions
from grader.worker.confine import FULL, level

if TYPE_CHECKING:
    from grader.model import Course


def setup_of(options: GradeOptions, *, unsafe: bool) -> Setup:
    """Return what other machines have to know of a run.

    Raises:
        WorkspaceError: a file of the course cannot be read.
    """
    root = options.course.root
    return Setup(
        root=None if root == default_root() else str(root),
        engine=engine_digest(),
        exercises=_digests(options.course),
        seed=options.seed,
        lang=options.lang,
        device=options.device,
        limits=options.limits,
        unsafe=unsafe,
    )


def admitted(setup: Setup, *, confinement: str | None = None) -> GradeOptions:
    """Return how this machine grades the run; `confinement` is the level it has, found out if None.

    Raises:
        UsageError: it has another grader, another course, or too little confinement.
        GraderError: the course cannot be read here.
    """
    confinement = level() if confinement is None else confinement
    if confinement != FULL and not setup.unsafe:
        raise UsageError("cluster.not_confined", level=confinement)
    try:
        engine = engine_digest()
    except metadata.PackageNotFoundError as missing:
        raise UsageError("cluster.no_package", name=missing.name) from None
    if engine != setup.engine:
        raise UsageError("cluster.other_grader")
    if setup.root is not None and not Path(setup.root).is_dir():
        raise UsageError("cluster.no_course", root=setup.root)
    course = load_course(None if setup.root is None else Path(setup.root))
    if _digests(course) != setup.exercises:
        raise UsageError("cluster.other_course", root=course.root)
    return GradeOptions(course=course, seed=setup.seed, lang=setup.lang, device=setup.device, limits=setup.limits)


def _digests(course: Course) -> tuple[tuple[str, str], ...]:
    return tuple((each.id, exercise_digest(each)) for each in course.exercises)
