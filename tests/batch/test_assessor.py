"""One place of a pool: tries again what was bad luck, says what was not, and leaves no file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.batch.assessor import ATTEMPTS, GRADINGS_PER_JUDGE, Assessor
from grader.batch.records import SourceFile
from grader.batch.work import Job
from grader.course import load_course
from grader.errors import CourseError, GraderError, UsageError, WorkerFault
from grader.model import Graded, GradeOptions
from tests.batch.classroom import RIGHT, report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from grader.model import GradeRequest


class Judge:
    """A judge that follows a script: each step is an error to raise, or None for a verdict."""

    def __init__(self, steps: list[Exception | None], seen: list[dict[str, bytes]]) -> None:
        self._steps = steps
        self._seen = seen
        self.dismissed = 0
        self.closed = 0

    def grade(self, request: GradeRequest, *, options: GradeOptions) -> Graded:  # noqa: ARG002 - a judge's signature
        """Look at what there is to grade and do the next step."""
        self._seen.append({each.name: each.read_bytes() for each in request.file.parent.iterdir()})
        step = self._steps.pop(0) if self._steps else None
        if step is not None:
            raise step
        return Graded(report(), "")

    def dismiss(self) -> None:
        """Count."""
        self.dismissed += 1

    def close(self) -> None:
        """Count."""
        self.closed += 1


class Agency:
    """Hires judges that follow one script."""

    def __init__(self, *steps: Exception | None) -> None:
        self.judges: list[Judge] = []
        self.seen: list[dict[str, bytes]] = []
        self._steps = list(steps)

    def hire(self) -> Judge:
        """Return a new judge."""
        self.judges.append(Judge(self._steps, self.seen))
        return self.judges[-1]


JOB = Job(student="amy", exercise="ex1", source=RIGHT, beside=(SourceFile("mine.py", b"A = 1\n"),))


@pytest.fixture
def assessor_of(course_root: Path, tmp_path: Path) -> Callable[[Agency], Assessor]:
    """Return a function that makes an assessor for the judges of an agency."""
    staging = tmp_path / "staging"
    staging.mkdir()
    options = GradeOptions(course=load_course(course_root), seed=1, lang="en")
    return lambda agency: Assessor(agency.hire, staging, options)  # type: ignore[arg-type, return-value]


def test_a_job_is_graded_in_a_folder_of_its_own(assessor_of: Callable[[Agency], Assessor], tmp_path: Path) -> None:
    """The judge finds the file and those beside it, alone; nothing is left afterwards."""
    agency = Agency()
    assessor = assessor_of(agency)
    for _ in range(2):
        assert assessor.assess(JOB).report == report()
    assert agency.seen == [{"ex01_first_steps.py": RIGHT, "mine.py": b"A = 1\n"}] * 2
    assert len(agency.judges) == 1
    assert list((tmp_path / "staging").iterdir()) == []


@pytest.mark.parametrize(
    "error", [WorkerFault("fault.warm_gone", error="x"), GraderError("error.internal", kind="x", detail="")]
)
def test_bad_luck_is_tried_again_with_another_judge(
    assessor_of: Callable[[Agency], Assessor], error: Exception
) -> None:
    """The student gets the verdict, as if nothing had happened."""
    agency = Agency(error, error)
    outcome = assessor_of(agency).assess(JOB)
    assert outcome.report == report()
    assert not outcome.fault
    assert [judge.closed for judge in agency.judges] == [1, 1, 0]


def test_what_stays_is_a_fault_and_no_zero(assessor_of: Callable[[Agency], Assessor], tmp_path: Path) -> None:
    """The last reason is told, and the next job has a new judge."""
    agency = Agency(*[WorkerFault("fault.warm_gone", error=f"reason {nth}") for nth in range(ATTEMPTS)])
    assessor = assessor_of(agency)
    outcome = assessor.assess(JOB)
    assert outcome.report is None
    assert f"reason {ATTEMPTS - 1}" in outcome.fault
    assert list((tmp_path / "staging").iterdir()) == []
    assert assessor.assess(JOB).report == report()


def test_a_broken_course_is_not_tried_again(assessor_of: Callable[[Agency], Assessor]) -> None:
    """It would be as broken the next time, and a class is large."""
    agency = Agency(CourseError("course.no_checks", path="checks.py"))
    outcome = assessor_of(agency).assess(JOB)
    assert outcome.report is None
    assert "checks.py" in outcome.fault
    assert len(agency.seen) == 1


def test_a_full_disk_is_the_graders_fault(assessor_of: Callable[[Agency], Assessor], tmp_path: Path) -> None:
    """A folder that cannot be made is told of in words."""
    (tmp_path / "staging").rmdir()
    outcome = assessor_of(Agency()).assess(JOB)
    assert outcome.report is None
    assert "No such file" in outcome.fault


def test_judges_are_replaced_now_and_then(assessor_of: Callable[[Agency], Assessor]) -> None:
    """Whatever a judge gathers cannot slow a long run."""
    agency = Agency()
    assessor = assessor_of(agency)
    for _ in range(GRADINGS_PER_JUDGE + 1):
        assessor.assess(JOB)
    assert [judge.closed for judge in agency.judges] == [1, 0]


def test_a_judge_that_is_hired_while_all_ends_is_dismissed(assessor_of: Callable[[Agency], Assessor]) -> None:
    """Closing does not wait for a grading that nobody wants any more."""
    agency = Agency(WorkerFault("fault.warm_gone", error="closed"))
    assessors: list[Assessor] = []

    def hire() -> Judge:
        assessors[0].close()
        return Agency.hire(agency)

    agency.hire = hire  # type: ignore[method-assign]
    assessors.append(assessor_of(agency))
    assert assessors[0].assess(JOB).report is None
    assert agency.judges[0].dismissed == 1
    assert len(agency.judges) == 1


def test_a_course_without_the_exercise_is_a_fault(assessor_of: Callable[[Agency], Assessor]) -> None:
    """A job from elsewhere may name what this course lacks."""
    stranger = Job(student="amy", exercise="ex99", source=RIGHT)
    outcome = assessor_of(Agency(UsageError("x"))).assess(stranger)
    assert outcome.report is None
    assert "ex99" in outcome.fault
