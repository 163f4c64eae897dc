"""A class graded by two worker processes: as on one machine, whatever becomes of the workers."""

from __future__ import annotations

import shutil
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

import grader
from grader.batch.cluster import cluster_pool
from grader.batch.pool import LocalPool
from grader.errors import UsageError, WorkerFault
from grader.model import Status
from tests.batch.cluster.conftest import SLOW, a_class, kill, nothing_below, started
from tests.warm.conftest import RIGHT
from tests.warm.processes import becomes_true, below

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from grader.batch.work import Job, Outcome
    from grader.model import GradeOptions, Report
    from tests.batch.cluster.conftest import Cluster

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="asks /proc about processes"),
    pytest.mark.xdist_group("cluster"),
]
NOWHERE = Path("/nowhere")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Return a cluster of two workers that no test harms."""
    with started(tmp_path_factory.mktemp("cluster"), workers=2) as found:
        yield found


def timeless(report: Report | None) -> Report | None:
    """Return a report without what differs each time."""
    if report is None:
        return None
    checks = tuple(msgspec.structs.replace(check, seconds=0.0) for check in report.checks)
    return msgspec.structs.replace(report, seconds=0.0, checks=checks)


def by_student(outcomes: Iterable[Outcome]) -> dict[str, Outcome]:
    """Return outcomes by student; there is one for each."""
    found: dict[str, Outcome] = {}
    for outcome in outcomes:
        assert outcome.student not in found
        found[outcome.student] = msgspec.structs.replace(outcome, report=timeless(outcome.report))
    return found


def all_passed(outcomes: Iterable[Outcome], jobs: list[Job]) -> bool:
    """Say whether everybody passed."""
    found = by_student(outcomes)
    return found.keys() == {job.student for job in jobs} and all(
        each.report is not None and each.report.status is Status.PASSED for each in found.values()
    )


def test_grades_as_one_machine_does(cluster: Cluster, options: GradeOptions, tmp_path: Path) -> None:
    """Verdicts, messages and scores are those of a local pool, and torch never comes into Dask's processes."""
    jobs = a_class(16)
    with closing(LocalPool(options, jobs=1, staging=tmp_path)) as local:
        expected = by_student(local.grade(jobs))
    with closing(cluster_pool(cluster.address)(options, NOWHERE)) as pool:
        assert by_student(pool.grade(jobs)) == expected
        modules = [Path(f"/proc/{worker.pid}/maps").read_text(encoding="utf-8") for worker in cluster.workers]
        assert not any("libtorch" in maps for maps in modules)
        assert all(below(worker.pid) for worker in cluster.workers)
    assert all(nothing_below(worker) for worker in cluster.workers)


def test_a_killed_worker_costs_nobody_a_verdict(options: GradeOptions, tmp_path: Path) -> None:
    """What was under way on a worker that is killed is graded by another; one that was killed comes back."""
    jobs = a_class(16, sources=(SLOW,))
    with started(tmp_path, workers=1) as cluster:
        cluster.add_worker()
        with closing(cluster_pool(cluster.address)(options, NOWHERE)) as pool:
            graded = pool.grade(jobs)
            outcomes = [next(graded) for _ in range(4)]
            orphans = below(cluster.workers[1].pid)
            kill(cluster.workers[1])
            assert all_passed([*outcomes, *graded], jobs)
        assert orphans
        assert not any(Path(f"/proc/{pid}").exists() for pid in orphans)


def test_what_kills_its_workers_is_a_fault_and_no_zero(options: GradeOptions, tmp_path: Path) -> None:
    """Where workers die too often over a file, it has no verdict; the others have theirs, and new workers help."""
    first, *others = a_class(5, sources=(RIGHT,))
    with started(tmp_path, workers=1, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0") as cluster:

        def jobs() -> Iterator[Job]:
            yield first
            assert becomes_true(lambda: bool(below(cluster.workers[0].pid)))
            kill(cluster.workers[0])
            cluster.add_worker()
            yield from others

        with closing(cluster_pool(cluster.address)(options, NOWHERE)) as pool:
            found = by_student(pool.grade(jobs()))
    failed = found.pop(first.student)
    assert failed.report is None
    assert "died while they graded it" in failed.fault
    assert all_passed(found.values(), others)


def test_another_grader_is_given_no_work(options: GradeOptions, tmp_path: Path) -> None:
    """A worker with another version of the grader is named and grades nothing; alone, it ends the run."""
    other = tmp_path / "other" / "grader"
    shutil.copytree(Path(grader.__file__).parent, other, ignore=shutil.ignore_patterns("__pycache__"))
    with (other / "judge" / "verdicts.py").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    jobs = a_class(6, sources=(RIGHT,))
    refusals: list[tuple[str, str]] = []
    with started(tmp_path, workers=0) as cluster:
        cluster.add_worker(PYTHONPATH=str(other.parent))
        opening = cluster_pool(cluster.address, on_refusal=lambda *refusal: refusals.append(refusal))
        with pytest.raises(UsageError) as caught:
            opening(options, NOWHERE)
        assert caught.value.key == "cluster.all_refuse"
        assert "another version of the grader" in str(caught.value)
        cluster.add_worker()
        cluster.await_workers(2)
        refusals.clear()
        with closing(opening(options, NOWHERE)) as pool:
            assert all_passed(pool.grade(jobs), jobs)
    ((address, reason),) = refusals
    assert address.startswith("tcp://127.0.0.1:")
    assert "another version of the grader" in reason


def test_a_lost_scheduler_ends_the_run(options: GradeOptions, tmp_path: Path) -> None:
    """A scheduler that goes away is a fault that is named, not a wait without end."""
    with started(tmp_path, workers=1) as cluster:

        def jobs() -> Iterator[Job]:
            yield from a_class(1)
            kill(cluster.scheduler)
            yield from a_class(100)

        cluster.await_workers(1)
        opening = cluster_pool(cluster.address, answer_s=2.0)
        with closing(opening(options, NOWHERE)) as pool, pytest.raises(WorkerFault) as caught:
            list(pool.grade(jobs()))
        assert caught.value.key == "cluster.lost"


def test_a_cluster_without_workers_ends_the_run(options: GradeOptions, tmp_path: Path) -> None:
    """Once the last worker has gone and no other comes, the run ends, and nobody has a zero."""
    with started(tmp_path, workers=1) as cluster:

        def jobs() -> Iterator[Job]:
            yield from a_class(1)
            kill(cluster.workers[0])
            yield from a_class(100)

        opening = cluster_pool(cluster.address, patience_s=1.0)
        with closing(opening(options, NOWHERE)) as pool, pytest.raises(WorkerFault) as caught:
            list(pool.grade(jobs()))
        assert caught.value.key == "cluster.no_workers_left"
