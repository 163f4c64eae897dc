"""Many places at once, with real judges: the same verdicts as alone, whatever dies in between."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from grader.batch.pool import LocalPool, staging_in
from grader.batch.work import Job
from grader.course import load_course
from grader.model import Graded, GradeOptions, GradeRequest, Status
from grader.warm import WarmProcess
from tests.small_course import CHAPTERS, line, write_exercise
from tests.warm.conftest import CHECKS, RIGHT, WRONG, write_small
from tests.warm.processes import becomes_true, below

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.batch.work import Outcome
    from grader.model import Course, Report

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc about processes")
SLOW = "import time\ndef f(x):\n    time.sleep(0.4)\n    return x * 2\n"
ENDLESS = "def f(x):\n    while True:\n        pass\n"
RAISES = "def f(x):\n    raise ValueError('no')\n"
# Checks that tell what they find of earlier requests, and leave what they can to later ones.
NOSY = '''
import os, random, sys, warnings
import torch
from grader.judge import check, expect
SEEN = []


@check(zh="痕迹")
def test_traces(student, draw):
    """Nothing of another submission is there."""
    answer = float(student.f(draw.normal(1)))
    found = (
        len(SEEN), float(torch.rand(1)), os.environ.get("LEFT"), os.getcwd(), str(torch.get_default_dtype()),
        torch.is_grad_enabled(), len(sys.path), len(warnings.filters), sorted(n for n in sys.modules if "ex0" in n),
        len(sys.meta_path), hash(random.getstate()),
    )
    SEEN.append(answer)
    os.environ["LEFT"] = str(answer)
    os.chdir("/tmp")
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    torch.manual_seed(5)
    random.seed(5)
    sys.path.append("/left")
    warnings.simplefilter("error")
    expect(False, en=f"{found} {answer}", zh="有")
'''

MISTAKES = """
from factor import FACTOR
from grader.judge import Text, mistake


@mistake("f", title=Text(en="one less than NUMBER", zh="少一"), advice=Text(en="Add one.", zh="加一。"))
def one_less(x):
    return x * (FACTOR - 1)
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Return the course of one exercise."""
    return write_small(tmp_path_factory.mktemp("course"))


def options_of(course: Course) -> GradeOptions:
    """Return how to grade."""
    return GradeOptions(course=course, seed=7, lang="en")


@pytest.fixture
def pool(course: Course, tmp_path: Path) -> Iterator[LocalPool]:
    """Return a pool of two places whose judges have six seconds."""
    with staging_in(tmp_path) as staging:
        opened = LocalPool(options_of(course), jobs=2, staging=staging, patience_s=6.0)
        yield opened
        opened.close()


def jobs_of(*sources: str) -> list[Job]:
    """Return jobs of students who are numbered."""
    return [Job(student=f"s{nth}", exercise="ex1", source=text.encode()) for nth, text in enumerate(sources)]


def untimed(report: Report | None) -> Report:
    """Return a verdict without what differs from one clock to another."""
    assert report is not None
    checks = tuple(msgspec.structs.replace(each, seconds=0.0) for each in report.checks)
    return msgspec.structs.replace(report, seconds=0.0, checks=checks)


def in_order(outcomes: Sequence[Outcome]) -> list[Report]:
    """Return verdicts by student, without their times."""
    assert [each.fault for each in outcomes] == [""] * len(outcomes)
    return [untimed(each.report) for each in sorted(outcomes, key=lambda each: int(each.student[1:]))]


def alone(course: Course, sources: Sequence[str], folder: Path) -> list[Report]:
    """Return the verdicts of judges that each grade one file and end."""
    warm = WarmProcess(course)
    reports = []
    for nth, text in enumerate(sources):
        file = folder / f"alone{nth}" / "ex01_double.py"
        file.parent.mkdir()
        file.write_text(text, encoding="utf-8")
        events = list(warm.grade(GradeRequest(course.exercises[0], file), options=options_of(course)))
        reports += [untimed(event.report) for event in events if isinstance(event, Graded)]
    warm.close()
    return reports


def children(pid: int) -> list[int]:
    """Return the children of a process, the oldest first."""
    return sorted(each for each in below(pid) if _parent(each) == pid)


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    except OSError:
        return 0


def warm_processes() -> list[int]:
    """Return the warm process of the pool of this test, once it is one."""
    return [each for each in children(os.getpid()) if b"grader.warm" in _command(each)]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def warm_process() -> int:
    """Return the warm process of the pool of this test, as soon as it is one."""
    assert becomes_true(lambda: len(warm_processes()) == 1)
    (found,) = warm_processes()
    return found


def judges() -> list[int]:
    """Return the judges of the pool; the oldest child of a warm process is its seedbed. None where it only starts."""
    return [judge for each in warm_processes() for judge in children(each)[1:]]


def after(condition: object, act: object) -> threading.Thread:
    """Do something in another thread once a condition holds."""

    def wait() -> None:
        if becomes_true(condition):  # type: ignore[arg-type]
            act()  # type: ignore[operator]

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


@pytest.mark.parametrize("places", [1, 2, 4])
def test_verdicts_do_not_depend_on_places_or_order(course: Course, tmp_path: Path, places: int) -> None:
    """Message by message what a judge of one file says, for many files in a row."""
    sources = [RIGHT, WRONG, RIGHT, RAISES, WRONG, "def f(x):\n    return x\n", RIGHT, "def g(x): pass\n"]
    with staging_in(tmp_path) as staging:
        pool = LocalPool(options_of(course), jobs=places, staging=staging)
        outcomes = list(pool.grade(jobs_of(*sources)))
        pool.close()
        assert list(staging.iterdir()) == []
    assert in_order(outcomes) == alone(course, sources, tmp_path)


def test_a_judge_is_found_by_each_file_as_by_the_first(tmp_path: Path) -> None:
    """Module globals, random numbers, defaults of torch, environment, folder, path and warnings are put back."""
    course = write_small(tmp_path)
    course.exercises[0].checks.write_text(NOSY, encoding="utf-8")
    sources = ["def f(x):\n    return x * 0 + 1\n", "def f(x):\n    return x * 0 + 2\n"]
    sources += [sources[0], "def f(x):\n    return x * 0 + 3\n", sources[0]]
    with staging_in(tmp_path) as staging:
        pool = LocalPool(options_of(course), jobs=1, staging=staging)
        outcomes = list(pool.grade(jobs_of(*sources)))
        pool.close()
    found = in_order(outcomes)
    assert found[0] == found[2] == found[4]
    heads = [each.checks[0].message.partition(") ")[0] for each in found]
    assert len(set(heads)) == 1
    assert heads[0].startswith("(0, ")


def test_checks_that_break_half_way_grade_nobody(tmp_path: Path) -> None:
    """What was defined before the error is not taken for all the checks, the second time either."""
    course = write_small(tmp_path)
    course.exercises[0].checks.write_text(CHECKS + "\nraise RuntimeError('broken')\n", encoding="utf-8")
    with staging_in(tmp_path) as staging:
        pool = LocalPool(options_of(course), jobs=1, staging=staging)
        outcomes = list(pool.grade(jobs_of(RIGHT, RIGHT, WRONG)))
        pool.close()
    assert [each.report for each in outcomes] == [None] * 3
    assert all("broken" in each.fault for each in outcomes)


def test_exercises_with_helpers_of_one_name_do_not_mix(tmp_path: Path) -> None:
    """Each finds its own, in whatever order they are graded."""
    folders = [tmp_path / "exercises" / name for name in ("ex01_double", "ex02_triple")]
    for folder, factor in zip(folders, (2, 3), strict=True):
        write_exercise(folder)
        (folder / "factor.py").write_text(f"FACTOR = {factor}\n", encoding="utf-8")
        (folder / "mistakes.py").write_text(MISTAKES.replace("NUMBER", str(factor)), encoding="utf-8")
        (folder / "checks.py").write_text(CHECKS.replace("x * 2", f"x * {factor}"), encoding="utf-8")
    folders[0].with_name("course.toml").write_text(
        CHAPTERS + line("ex01_double") + line("ex02_triple"), encoding="utf-8"
    )
    course = load_course(folders[0].parent)
    jobs = [
        Job(student=f"s{nth}", exercise=f"ex{which}", source=f"def f(x):\n    return x * {which}\n".encode())
        for nth, which in enumerate((1, 2, 1, 2))
    ]
    with staging_in(tmp_path) as staging:
        pool = LocalPool(options_of(course), jobs=1, staging=staging)
        outcomes = list(pool.grade(jobs))
        pool.close()
    found = [(each.exercise, each.mistake.title if each.mistake else "") for each in in_order(outcomes)]
    assert found == [("ex1", "one less than 2"), ("ex2", "one less than 3")] * 2


def test_a_judge_that_is_killed_costs_nobody_a_grade(pool: LocalPool) -> None:
    """Each judge dies once in the middle of a file; every verdict is what it would have been."""
    killer = after(lambda: len(judges()) == 2, lambda: [os.kill(each, signal.SIGKILL) for each in judges()])
    outcomes = list(pool.grade(jobs_of(SLOW, SLOW, RIGHT, WRONG)))
    killer.join()
    assert [each.status for each in in_order(outcomes)] == [Status.PASSED] * 3 + [Status.FAILED]


def test_a_warm_process_that_is_killed_costs_nobody_a_grade(pool: LocalPool) -> None:
    """Another is started, once for all places."""
    first = warm_process()
    killer = after(lambda: len(judges()) == 2, lambda: os.kill(first, signal.SIGKILL))
    outcomes = list(pool.grade(jobs_of(SLOW, SLOW, RIGHT, WRONG)))
    killer.join()
    assert [each.status for each in in_order(outcomes)] == [Status.PASSED] * 3 + [Status.FAILED]
    assert warm_process() != first


def test_a_judge_that_hangs_is_replaced(pool: LocalPool) -> None:
    """One that is stopped for ever is ended, and another grades the file."""
    stopper = after(lambda: len(judges()) == 2, lambda: [os.kill(each, signal.SIGSTOP) for each in judges()])
    outcomes = list(pool.grade(jobs_of(RIGHT, WRONG)))
    stopper.join()
    assert [each.status for each in in_order(outcomes)] == [Status.PASSED, Status.FAILED]


def test_closing_in_the_middle_leaves_nothing(course: Course, tmp_path: Path) -> None:
    """No process and no file, and no wait for the time limit of what was under way."""
    before = below(os.getpid())
    with staging_in(tmp_path) as staging:
        pool = LocalPool(options_of(course), jobs=2, staging=staging)
        outcomes = pool.grade(jobs_of(RIGHT, *[ENDLESS] * 6))
        assert next(outcomes).report is not None
        pool.close()
        assert list(staging.iterdir()) == []
    assert becomes_true(lambda: below(os.getpid()) <= before)
    assert list(tmp_path.iterdir()) == []


def test_jobs_are_taken_as_there_is_room(pool: LocalPool) -> None:
    """A class that does not fit into memory is graded all the same."""
    taken = []

    def endless() -> Iterator[Job]:
        for nth in range(1_000_000):
            taken.append(nth)
            yield Job(student=f"s{nth}", exercise="ex1", source=RIGHT.encode())

    outcomes = pool.grade(endless())
    for _ in range(3):
        next(outcomes)
    assert len(taken) < 20


def test_what_a_killed_run_left_goes_first(tmp_path: Path) -> None:
    """The folder for files under way is empty at first and gone afterwards, and is nobody else's to read."""
    left = tmp_path / ".grading" / "left"
    left.mkdir(parents=True)
    (left / "ex01_double.py").write_text(RIGHT, encoding="utf-8")
    tmp_path.chmod(0o755)
    with staging_in(tmp_path) as staging:
        assert list(staging.iterdir()) == []
        assert staging.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == []
    assert tmp_path.stat().st_mode & 0o777 == 0o755
