"""The numbers of a class."""

from __future__ import annotations

import math
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.records import Override, Student
from grader.batch.report.summary import BINS, ExerciseSummary, summarise
from grader.model import Mistake, Report, Status
from tests.batch.report.class_by_hand import (
    NO_HALF,
    NO_MEAN,
    book,
    check,
    fault,
    graded,
    large,
    missing,
    report,
    row,
)

PASSED, FAILED = Status.PASSED, Status.FAILED


def failing(mistake: Mistake | None, *, exercise: str = "ex1", passed: int = 0) -> Report:
    """Return a report with a mistake, of whose checks `passed` passed."""
    checks = [check(PASSED, name=f"good_{n}") for n in range(passed)]
    return report(FAILED, *checks, check(FAILED, message="off", mistake=mistake), mistake=mistake, exercise=exercise)


def test_counts_of_a_small_class() -> None:
    """Students, hand-ins, passes, mean and median are those of the rows."""
    told = {"a": report(PASSED), "b": failing(NO_HALF, passed=1), "c": failing(NO_HALF)}
    rows = [row(name, each) for name, each in told.items()]
    made = summarise(book([*rows, missing("d")], {name: [each] for name, each in told.items()}))
    assert (made.students, made.handed_in, made.passed_all, made.passes, made.graded) == (4, 3, 1, 1, 4)
    assert made.mean == pytest.approx(0.5)
    assert made.median == pytest.approx(0.5)
    assert made.bins == (1, 0, 0, 0, 0, 1, 0, 0, 0, 1)
    assert [student.id for student in made.absent] == ["d"]


def test_what_could_not_be_graded_is_nobodys_zero() -> None:
    """A fault lowers no mean: its points are not among those to be had."""
    told = report(PASSED)
    made = summarise(book([row("a", told), fault("a", "ex2"), fault("b"), fault("b", "ex2")], exercises=2))
    assert (made.mean, made.handed_in, len(made.faults), made.graded) == (1.0, 2, 3, 1)
    assert made.exercises[1].statuses[-1].students == 2
    assert made.passed_all == 0


def test_an_override_gives_the_score() -> None:
    """A score that an instructor set is the one that counts, and is listed."""
    override = Override(9.0, "Read by hand.", "2026-01-01T00:00:00Z")
    told = msgspec.structs.replace(row("a", failing(NO_HALF)), score=9.0, override=override)
    made = summarise(book([told]))
    assert made.mean == pytest.approx(0.9)
    assert [each.override for each in made.overrides] == [override]


@pytest.mark.parametrize(
    ("score", "tenth"), [(0.0, 0), (3.0, 3), (7.0, 7), (9.999, 9), (10.0, 9), (12.0, 9), (-1.0, 0)]
)
def test_a_tenth_begins_at_its_lower_edge(score: float, tenth: int) -> None:
    """Full marks, and more than there are, are in the last tenth."""
    made = summarise(book([msgspec.structs.replace(row("a", report(PASSED)), score=score)]))
    assert made.bins.index(1) == tenth


def test_frequencies_are_shares_of_those_who_tried() -> None:
    """Mistakes come with how many made them and how many tried, the frequent ones first."""
    told = {f"s{n}": failing(NO_MEAN) for n in range(3)} | {f"t{n}": failing(NO_HALF) for n in range(5)}
    told |= {"ok": report(PASSED), "odd": failing(None), "stub": report(Status.NOT_STARTED)}
    made = summarise(graded(told)).exercises[0]
    assert [(each.id, each.students, each.tried) for each in made.mistakes] == [("no_half", 5, 10), ("no_mean", 3, 10)]
    assert (made.struggled, made.unnamed) == (9, 1)


def test_exercises_come_by_how_many_struggled() -> None:
    """Most failures first; of as many, the higher share; the course's order stays for the rest of the page."""
    rows = [
        *(row(name, failing(None)) for name in ("a", "b")),
        *(row(name, failing(None, exercise="ex2")) for name in ("a", "b", "c")),
        row("c", report(PASSED)),
        *(row(name, failing(None, exercise="ex3")) for name in ("a", "b")),
    ]
    made = summarise(book(rows, exercises=4))
    assert [each.exercise.id for each in made.hardest_first] == ["ex2", "ex3", "ex1", "ex4"]
    assert [each.exercise.id for each in made.exercises] == ["ex1", "ex2", "ex3", "ex4"]


def test_teach_again_takes_the_most_frequent_of_all_exercises() -> None:
    """The three mistakes that most students made, wherever they made them."""
    kinds = [Mistake(f"m{n}", f"Mistake {n}", "") for n in range(5)]
    rows, reports = [], {}
    for n in range(5):
        reports[f"s{n}"] = [failing(kinds[k], exercise=f"ex{k + 1}") for k in range(5) if k >= n]
        rows += [row(f"s{n}", each) for each in reports[f"s{n}"]]
    made = summarise(book(rows, reports, exercises=5))
    assert [(each.id, each.students) for each in made.teach_again] == [("m4", 5), ("m3", 4), ("m2", 3)]
    assert made.teach_again[0].exercise.id == "ex5"


def test_hardest_checks_by_the_share_that_fails() -> None:
    """At most three checks, hardest first, and none that everyone passed."""
    told = {}
    for n in range(4):
        statuses = {f"c{k}": FAILED if n < k else PASSED for k in range(5)}
        told[f"s{n}"] = report(FAILED, *(check(status, name=name) for name, status in statuses.items()))
    checks = summarise(graded(told)).exercises[0].checks
    assert [(each.title, each.failed, each.ran) for each in checks] == [
        ("Title of c4", 4, 4),
        ("Title of c3", 3, 4),
        ("Title of c2", 2, 4),
    ]


@given(st.lists(st.floats(0, 100), min_size=1, max_size=40))
def test_p95_is_the_least_that_covers_95_of_100(seconds: list[float]) -> None:
    """At least 95 of 100 took no longer than the 95th percentile, fewer took less."""
    made = summarise(graded({f"s{n}": report(PASSED, seconds=each) for n, each in enumerate(seconds)})).exercises[0]
    assert made.p95_s is not None
    assert sum(each <= made.p95_s for each in seconds) >= math.ceil(0.95 * len(seconds))
    assert sum(each < made.p95_s for each in seconds) < 0.95 * len(seconds)


def test_nothing_handed_in_has_no_mean() -> None:
    """Where there is nothing to count, numbers are absent, not zero."""
    made = summarise(book([missing("a"), missing("b")]))
    assert (made.mean, made.median, made.handed_in, sum(made.bins)) == (None, None, 0, 0)
    assert made.exercises[0].median_s is None
    assert made.teach_again == ()


def test_no_student_at_all() -> None:
    """A class of nobody has a summary too."""
    made = summarise(book([], exercises=2))
    assert (made.students, made.passed_all, made.graded) == (0, 0, 0)


def test_reports_are_asked_for_once() -> None:
    """A class is streamed: the reports of each student are loaded once, in order."""
    asked: list[str] = []
    whole = large(20, 3, seed=1)

    def reports_of(student: str) -> dict[str, Report]:
        asked.append(student)
        return dict(whole.reports_of(student))

    summarise(replace(whole, reports_of=reports_of))
    assert asked == [student.id for student in whole.students]


@given(seed=st.integers(0, 2**32 - 1), students=st.integers(1, 30))
def test_numbers_add_up(seed: int, students: int) -> None:
    """Statuses count each student once; the tenths count those who handed in; no mistake exceeds the tries."""
    made = summarise(large(students, 4, seed=seed))

    def total(each: ExerciseSummary) -> int:
        return sum(count.students for count in each.statuses)

    assert {total(each) for each in made.exercises} == {students}
    assert sum(made.bins) == made.handed_in
    assert len(made.bins) == BINS
    assert all(mistake.students <= mistake.tried for each in made.exercises for mistake in each.mistakes)


def test_absent_students_keep_their_names() -> None:
    """Who handed in nothing is listed as the service knows them."""
    ann = Student(id="a", name="Ann")
    assert summarise(book([missing("a")], students=[ann])).absent == (ann,)
