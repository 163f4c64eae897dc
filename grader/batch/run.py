"""Grade a class from intake to exports; a run that was cut short goes on where it stopped."""

from __future__ import annotations

import secrets
import sys
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from grader.batch.bookkeeping import book_of
from grader.batch.digest import engine_digest, exercise_digest, fingerprint
from grader.batch.intake import read_submissions
from grader.batch.pool import LocalPool, staging_in
from grader.batch.records import Book, Source
from grader.batch.store import FILE_NAME, Store
from grader.durable import doing
from grader.errors import UsageError
from grader.model import Course, Exercise, GradeOptions, Lang, Limits, Status
from grader.texts import Phrase
from grader.worker.confine import FULL, level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.batch.records import Handin, Intake
    from grader.batch.work import Outcome, Pool

LARGEST_SEED = 2**32
# So many files without one verdict among them: what is wrong here would be so with every other file.
HOPELESS = 20


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is asked for; a seed of None is that of the last run in `out`, or a new one."""

    course: Course
    submissions: Path
    out: Path
    exercises: tuple[Exercise, ...]
    lang: Lang
    device: str = "auto"
    seed: int | None = None
    limits: Limits = Limits()
    unsafe: bool = False


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """What intake found: how many students and files, and how many of these have a verdict already."""

    layout: str
    students: int
    handins: int
    unread: int
    kept: int
    pending: int
    seed: int
    sandbox: str


class Watcher(Protocol):
    """Whoever shows how a run goes on."""

    def begun(self, begun: Begun) -> None:
        """Hear what was found."""

    def graded(self, outcome: Outcome) -> None:
        """Hear of one verdict, which is kept by now."""


def run_batch(
    asked: Asked,
    *,
    open_pool: Callable[[GradeOptions, Path], Pool],
    watcher: Watcher,
    finish: Callable[[Book], None],
    read: Callable[[Source], Intake] = read_submissions,
    confinement: str | None = None,
) -> Book:
    """Return all that is known of the class once everything has a verdict, or clearly nothing gets one.

    `finish` writes what is to be written, while the results are open and nobody else may change them.
    `read` finds who handed in what. `confinement` is the level that this machine has, found out if None.

    Raises:
        UsageError: there is nothing to grade, no confinement or device, or another run in the same folder.
        GraderError: the course, the submissions or the results cannot be read or written.
    """
    sandbox = level() if confinement is None else confinement
    if sandbox != FULL and not asked.unsafe:
        raise UsageError("batch.not_confined", level=sandbox)
    if asked.out.resolve().is_relative_to(asked.submissions.resolve()):
        # The next run would take the results for a student's, and a student's file for the results.
        raise UsageError("batch.out_inside", out=asked.out, submissions=asked.submissions)
    with doing(Phrase("action.make_folder"), asked.out):
        asked.out.mkdir(parents=True, exist_ok=True)
    with alone_in(asked.out), Store(asked.out / FILE_NAME) as store, staging_in(asked.out) as staging:
        intake = read(Source(asked.submissions, asked.exercises, asked.course.exercises))
        options = _options(asked, store)
        store.take_in(
            intake.students,
            intake.handins,
            intake.unread,
            _fingerprints(asked.exercises, options),
            _settings(asked, options, intake, sandbox),
        )
        pending = store.pending()
        watcher.begun(_begun(store, intake, pending, options.seed, sandbox))
        if pending:
            with closing(open_pool(options, staging)) as pool:
                can_grade = False
                for count, outcome in enumerate(pool.grade(store.jobs()), 1):
                    _require_device(outcome, options.device)
                    store.record(outcome)
                    watcher.graded(outcome)
                    can_grade |= outcome.report is not None
                    if count >= HOPELESS and not can_grade:
                        break
        book = book_of(store, asked.course)
        finish(book)
        return book


@contextmanager
def alone_in(out: Path) -> Iterator[None]:
    """Keep other runs out of `out`.

    Raises:
        UsageError: another run is in there.
        WorkspaceError: nothing can be written there.
    """
    path = out / ".lock"
    with doing(Phrase("action.write"), path):
        lock = path.open("a", encoding="utf-8")
    with lock:
        if sys.platform != "win32":
            import fcntl  # noqa: PLC0415 - not on every system

            with doing(Phrase("action.write"), path):
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise UsageError("batch.busy", out=out) from None
        yield


def _options(asked: Asked, store: Store) -> GradeOptions:
    last = store.settings().get("seed")
    seed = asked.seed if asked.seed is not None else int(last) if last else secrets.randbelow(LARGEST_SEED)
    return GradeOptions(course=asked.course, seed=seed, lang=asked.lang, device=asked.device, limits=asked.limits)


def _fingerprints(exercises: tuple[Exercise, ...], options: GradeOptions) -> Callable[[Handin], str]:
    engine = engine_digest()
    digests = {each.id: exercise_digest(each) for each in exercises}
    return lambda handin: fingerprint(handin, engine=engine, exercise=digests[handin.exercise], options=options)


def _require_device(outcome: Outcome, device: str) -> None:
    """Refuse the run once a judge found that the device is not there: it would find so for everybody."""
    report = outcome.report
    if device not in ("auto", "cpu") and report is not None and report.status is Status.SKIPPED:
        raise UsageError("batch.lacks_device", device=device)


def _settings(asked: Asked, options: GradeOptions, intake: Intake, sandbox: str) -> dict[str, str]:
    return {
        "seed": str(options.seed),
        "lang": options.lang,
        "device": options.device,
        "layout": intake.layout,
        "sandbox": sandbox,
        "exercises": ",".join(each.id for each in asked.exercises),
        "course": str(asked.course.root),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _begun(store: Store, intake: Intake, pending: int, seed: int, sandbox: str) -> Begun:
    handins = store.handed_in()
    return Begun(
        layout=intake.layout,
        students=len(intake.students),
        handins=handins,
        unread=len(intake.unread),
        kept=handins - store.broken() - pending,
        pending=pending,
        seed=seed,
        sandbox=sandbox,
    )


def local_pool(jobs: int) -> Callable[[GradeOptions, Path], Pool]:
    """Return what opens a pool of `jobs` places on this machine."""
    return lambda options, staging: LocalPool(options, jobs=jobs, staging=staging)
