"""The bench: a fresh worker for every check, and an outcome of loading that is shared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest

from grader.judge.bench import Bench
from grader.judge.student import Student
from grader.judge.submission import Submission
from grader.judge.verdicts import LearnerError, SourceFault, WorkerDied
from grader.model import Limits, Text
from grader.worker.confine import level
from grader.worker.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.worker.nursery import ForkedWorker, Nursery

FILE = Path("ex01_bench.py")


class CountingStarter:
    """Starts workers through the nursery and counts them."""

    def __init__(self, nursery: Nursery) -> None:
        self._nursery = nursery
        self.count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self, place: Place) -> ForkedWorker:
        """Start one."""
        self.count += 1
        return self._nursery.start(place)

    def close(self) -> None:
        """Leave the nursery to its owner."""


@pytest.fixture
def starter(nursery: Nursery) -> Iterator[CountingStarter]:
    """Return a starter that counts."""
    with CountingStarter(nursery) as counting:
        yield counting


def bench_of(starter: CountingStarter, source: str, **limits: float) -> Bench:
    """Return the bench of a source."""
    place = Place("", (), Limits(**limits))  # type: ignore[arg-type]
    return Bench(Submission(FILE, source.encode()), place, starter)


def test_each_seat_has_a_fresh_worker_started_ahead(starter: CountingStarter) -> None:
    """The next worker starts while a check runs, and none is left over at the end."""
    bench = bench_of(starter, "import os\nprint('loaded')\ndef f():\n    print('called')\n    return os.getpid()\n")
    assert starter.count == 1
    pids = []
    for more in (True, True, False):
        seat = bench.open(seed=0, more=more)
        pids.append(Student(seat.courier).f())
        seat.finish()
        seat.close()
        assert seat.output == b"loaded\ncalled\n"
    assert len(set(pids)) == 3
    assert starter.count == 3
    assert bench.sandbox == level()
    bench.close()


def test_the_spare_worker_is_given_back(starter: CountingStarter) -> None:
    """A bench that is closed early ends the worker that it started ahead; closing again does nothing."""
    bench = bench_of(starter, "")
    bench.close()
    bench.close()
    assert starter.count == 1


def test_a_file_that_is_no_source_starts_no_worker(starter: CountingStarter) -> None:
    """Its fault is the outcome of every check."""
    bench = Bench(Submission(FILE, b"", Text("no", "否")), Place("", (), Limits()), starter)
    for _ in range(2):
        with pytest.raises(SourceFault, match="no"):
            bench.open(seed=0, more=True)
    bench.close()
    assert starter.count == 0


def test_a_file_that_does_not_load_is_tried_once(starter: CountingStarter) -> None:
    """The checks share the outcome, with what was printed before it."""
    bench = bench_of(starter, "print('before')\n1 / 0\n")
    refusals = []
    for _ in range(2):
        with pytest.raises(LearnerError, match="ZeroDivisionError") as caught:
            bench.open(seed=0, more=True)
        refusals.append(caught.value)
    assert refusals[0] is refusals[1]
    assert refusals[0].output == b"before\n"
    bench.close()
    assert starter.count == 2, "one that tried, and one started ahead of the second check"


def test_a_worker_that_dies_while_loading_is_tried_once(starter: CountingStarter) -> None:
    """So an endless loop at import costs its time limit once."""
    bench = bench_of(starter, "while True:\n    pass\n", wall_s=0.2)
    for _ in range(2):
        with pytest.raises(WorkerDied) as caught:
            bench.open(seed=0, more=False)
        assert caught.value.ending is not None
        assert caught.value.ending.reason == "wall"
    bench.close()
    assert starter.count == 1


def test_a_worker_that_died_has_its_output_too(starter: CountingStarter) -> None:
    """What was printed before a crash is not lost, and saying goodbye to the dead is no error."""
    bench = bench_of(starter, "import os\ndef f():\n    print('last words', flush=True)\n    os._exit(7)\n")
    seat = bench.open(seed=0, more=False)
    with pytest.raises(WorkerDied) as caught:
        Student(seat.courier).f()
    assert (caught.value.call, caught.value.ending and caught.value.ending.exit_code) == ("f", 7)
    seat.finish()
    seat.close()
    assert seat.output == b"last words\n"
    bench.close()
