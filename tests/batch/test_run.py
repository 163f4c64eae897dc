"""A run from intake to exports, without judges: what is asked of a pool, kept, and refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from grader.batch.run import HOPELESS, Asked, alone_in, run_batch
from grader.batch.work import Job, Outcome
from grader.course import load_course
from grader.errors import UsageError, WorkspaceError
from grader.model import GradeOptions, Status
from grader.worker.confine import FULL
from tests.batch.classroom import RIGHT, WRONG, graded, report, write_class

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from grader.batch.records import Book
    from grader.batch.run import Begun


class Pool:
    """A pool that answers by rule, and notes what it is asked."""

    def __init__(self, answer: Callable[[Job], Outcome]) -> None:
        self.options: GradeOptions | None = None
        self.asked: list[str] = []
        self.closed = 0
        self._answer = answer

    def opened(self, options: GradeOptions, staging: Path) -> Pool:
        """Be the pool for a run."""
        assert staging.is_dir()
        self.options = options
        return self

    def grade(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Answer each job."""
        for job in jobs:
            self.asked.append(job.student)
            yield self._answer(job)

    def close(self) -> None:
        """Count."""
        self.closed += 1


class Watcher:
    """Takes down what it hears."""

    def __init__(self) -> None:
        self.found: Begun | None = None
        self.heard: list[str] = []

    def begun(self, begun: Begun) -> None:
        """Hear what was found."""
        self.found = begun

    def graded(self, outcome: Outcome) -> None:
        """Hear of one verdict."""
        self.heard.append(outcome.student)


def passed(job: Job) -> Outcome:
    """Return that a job passed."""
    return graded(job.student, job.exercise)


@pytest.fixture
def asked(course_root: Path, tmp_path: Path) -> Asked:
    """Return what a run is asked for: three students, one exercise."""
    course = load_course(course_root)
    names = ("amy", "bo", "cy")
    folder = write_class(tmp_path / "class", {f"{name}/ex01_first_steps.py": RIGHT for name in names})
    return Asked(course=course, submissions=folder, out=tmp_path / "out", exercises=course.exercises[:1], lang="en")


def run(
    asked: Asked, pool: Pool, *, confinement: str = FULL, finish: Callable[[Book], None] = lambda _: None
) -> Watcher:
    """Grade a class by a pool, and return who watched."""
    watcher = Watcher()
    run_batch(asked, open_pool=pool.opened, watcher=watcher, finish=finish, confinement=confinement)
    return watcher


def test_everything_gets_a_verdict_once(asked: Asked) -> None:
    """The second run asks for nothing, opens no pool and comes to the same book."""
    books: list[Book] = []
    first, second = Pool(passed), Pool(passed)
    watcher = run(asked, first, finish=books.append)
    assert first.asked == watcher.heard == ["amy", "bo", "cy"]
    assert first.closed == 1
    run(asked, second, finish=books.append)
    assert second.options is None
    assert list(books[0].rows()) == list(books[1].rows())


def test_a_run_that_breaks_goes_on_where_it_stopped(asked: Asked) -> None:
    """What was reached is kept, the pool is closed, and nothing is left in the folder for files under way."""

    def until_bo(job: Job) -> Outcome:
        if job.student == "bo":
            raise KeyboardInterrupt
        return passed(job)

    broken, rest = Pool(until_bo), Pool(passed)
    with pytest.raises(KeyboardInterrupt):
        run(asked, broken)
    assert broken.closed == 1
    assert not (asked.out / ".grading").exists()
    watcher = run(asked, rest)
    assert rest.asked == ["bo", "cy"]
    assert watcher.found is not None
    assert (watcher.found.kept, watcher.found.pending) == (1, 2)


def test_a_run_that_can_grade_nothing_stops(asked: Asked, tmp_path: Path) -> None:
    """Where none of the first files gets a verdict the others are not tried, and wait; one verdict, and it goes on."""
    folder = write_class(tmp_path / "many", {f"s{nth:02}/ex01_first_steps.py": RIGHT for nth in range(30)})
    asked = msgspec.structs.replace(asked, submissions=folder)
    books: list[Book] = []

    def broken(job: Job) -> Outcome:
        return Outcome(student=job.student, exercise=job.exercise, report=None, fault="torch is broken")

    hopeless = Pool(broken)
    run(asked, hopeless, finish=books.append)
    assert (len(hopeless.asked), hopeless.closed) == (HOPELESS, 1)
    rows = list(books[0].rows())
    assert all(row.is_fault and row.score is None for row in rows)
    assert "torch is broken" in rows[0].message
    assert "torch is broken" not in rows[-1].message
    mended = Pool(lambda job: passed(job) if job.student == "s03" else broken(job))
    run(asked, mended)
    assert len(mended.asked) == 30


def test_files_under_way_of_a_killed_run_go_even_where_nothing_is_left_to_grade(asked: Asked) -> None:
    """Students' files do not stay about."""
    run(asked, Pool(passed))
    (asked.out / ".grading" / "left").mkdir(parents=True)
    run(asked, Pool(passed))
    assert not (asked.out / ".grading").exists()


def test_the_seed_is_drawn_once(asked: Asked) -> None:
    """Later runs in the folder have that of the first, unless one is asked for."""
    pools = [Pool(passed) for _ in range(3)]
    run(asked, pools[0])
    write_class(asked.submissions, {"di/ex01_first_steps.py": WRONG})
    run(asked, pools[1])
    assert pools[0].options is not None
    assert pools[1].options == pools[0].options
    assert pools[1].asked == ["di"]
    run(msgspec.structs.replace(asked, seed=99), pools[2])
    assert pools[2].options is not None
    assert pools[2].options.seed == 99
    assert pools[2].asked == ["amy", "bo", "cy", "di"]


def test_less_than_full_confinement_is_refused(asked: Asked) -> None:
    """Before anything is read or written, unless it was asked for."""
    with pytest.raises(UsageError) as told:
        run(asked, Pool(passed), confinement="limits")
    assert told.value.key == "batch.not_confined"
    assert not asked.out.exists()
    watcher = run(msgspec.structs.replace(asked, unsafe=True), Pool(passed), confinement="limits")
    assert watcher.found is not None
    assert watcher.found.sandbox == "limits"


def test_results_among_the_submissions_are_refused(asked: Asked, tmp_path: Path) -> None:
    """Through a link too."""
    (tmp_path / "link").symlink_to(asked.submissions)
    for out in (asked.submissions, asked.submissions / "amy", tmp_path / "link" / "new"):
        with pytest.raises(UsageError) as told:
            run(msgspec.structs.replace(asked, out=out), Pool(passed))
        assert told.value.key == "batch.out_inside"
    assert not (asked.submissions / "new").exists()


def test_submissions_within_the_results_are_fine(asked: Asked, tmp_path: Path) -> None:
    """`--out .` beside the folder of the class."""
    pool = Pool(passed)
    run(msgspec.structs.replace(asked, out=tmp_path), pool)
    assert pool.asked == ["amy", "bo", "cy"]


def test_a_device_that_is_not_there_ends_the_run_at_once(asked: Asked) -> None:
    """One skipped verdict is enough, and is not kept; on the CPU it is only a verdict."""

    def skipped(job: Job) -> Outcome:
        return Outcome(student=job.student, exercise=job.exercise, report=report(status=Status.SKIPPED))

    pool = Pool(skipped)
    with pytest.raises(UsageError) as told:
        run(msgspec.structs.replace(asked, device="cuda"), pool)
    assert told.value.key == "batch.lacks_device"
    assert pool.asked == ["amy"]
    assert pool.closed == 1
    later = Pool(passed)
    run(msgspec.structs.replace(asked, device="cuda"), later)
    assert later.asked == ["amy", "bo", "cy"]
    on_cpu = Pool(skipped)
    run(asked, on_cpu)
    assert on_cpu.asked == ["amy", "bo", "cy"]


def test_files_of_other_exercises_are_no_strangers(asked: Asked) -> None:
    """Asked for one exercise, a run does not complain of work on another."""
    write_class(asked.submissions, {"amy/ex02_second_wind.py": RIGHT, "bo/essay.txt": b"x"})
    watcher = run(asked, Pool(passed))
    assert watcher.found is not None
    assert watcher.found.unread == 1


def test_one_at_a_time(tmp_path: Path) -> None:
    """The second is refused while the first is in there; a lock that was left is none."""
    with alone_in(tmp_path), pytest.raises(UsageError) as told, alone_in(tmp_path):
        pass
    assert told.value.key == "batch.busy"
    with alone_in(tmp_path):
        pass


def test_a_fault_within_is_not_taken_for_one_of_the_lock(tmp_path: Path) -> None:
    """An error of what is done meanwhile arrives as it is."""
    with pytest.raises(BrokenPipeError), alone_in(tmp_path):
        raise BrokenPipeError
    with pytest.raises(WorkspaceError), alone_in(tmp_path / "missing"):
        pass
