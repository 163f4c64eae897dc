"""One exercise of a class, counted a student at a time."""

from __future__ import annotations

import pytest

from grader.batch.records import Student
from grader.batch.report.tally import Tally
from grader.model import CheckResult, Mistake, Status
from tests.batch.report.class_by_hand import GENERAL, NO_HALF, NO_MEAN, check, fault, missing, report, row

PASSED, FAILED = Status.PASSED, Status.FAILED


def tally_of(*told: tuple[Student, Mistake | None, tuple[CheckResult, ...]]) -> Tally:
    """Return the tally of failed reports."""
    tally = Tally()
    for student, mistake, checks in told:
        made = report(FAILED, *checks, mistake=mistake)
        tally.add(student, row(student.id, made), made)
    return tally


def failed(message: str, mistake: Mistake | None = NO_HALF, name: str = "test_values") -> CheckResult:
    """Return a failed check."""
    return check(FAILED, message=message, mistake=mistake, name=name)


def test_a_mistake_counts_once_for_a_student() -> None:
    """Three checks that show one mistake are one student with that mistake."""
    tally = tally_of((Student(id="ann"), NO_HALF, (failed("a"), failed("b", name="b"), failed("c", name="c"))))
    assert {id_: seen.students for id_, seen in tally.mistakes.items()} == {"no_half": 1}


def test_a_student_may_show_several_mistakes() -> None:
    """A named mistake that explains only one check counts beside the one that explains most."""
    tally = tally_of((Student(id="ann"), NO_HALF, (failed("a"), failed("b", NO_MEAN, "b"))))
    assert {id_: seen.students for id_, seen in tally.mistakes.items()} == {"no_half": 1, "no_mean": 1}


def test_general_relations_count_only_as_the_main_mistake() -> None:
    """How a single check is off besides is no mistake of its own; where nothing else is known, it is."""
    beside = tally_of((Student(id="ann"), NO_HALF, (failed("a"), failed("b", GENERAL, "b"))))
    alone = tally_of((Student(id="ann"), GENERAL, (failed("b", GENERAL, "b"),)))
    assert list(beside.mistakes) == ["no_half"]
    assert list(alone.mistakes) == ["general.factor"]


def test_the_example_is_the_smallest_of_the_class() -> None:
    """Of all messages of checks that show the mistake, the shortest is the example."""
    tally = tally_of(
        (Student(id="ann"), NO_HALF, (failed("twice what is due"), failed("b", NO_MEAN, "b"))),
        (Student(id="bob"), NO_HALF, (failed("twice"),)),
        (Student(id="cyd"), NO_HALF, (failed("twice, and more"),)),
    )
    assert tally.mistakes["no_half"].message == "twice"


def test_the_texts_of_a_general_mistake_belong_to_its_example() -> None:
    """A title that quotes a number stands beside the message with that number."""
    other = Mistake(GENERAL.id, "Every element is 5 times what is due", "Another.")
    tally = tally_of(
        (Student(id="ann"), GENERAL, (failed("a long message about 3", GENERAL),)),
        (Student(id="bob"), other, (failed("about 5", other),)),
    )
    seen = tally.mistakes[GENERAL.id]
    assert (seen.students, seen.title, seen.advice, seen.message) == (2, other.title, other.advice, "about 5")


def test_a_check_without_a_mistake_lends_its_message() -> None:
    """Where the mistake of the report explains no single check, any wrong check is the example."""
    tally = tally_of((Student(id="ann"), NO_HALF, (failed("told", None),)))
    assert tally.mistakes["no_half"].message == "told"


@pytest.mark.parametrize(
    ("student", "message"),
    [
        (Student(id="ann-lee"), "FileNotFoundError: /home/ann-lee/data.csv"),
        (Student(id="s1", name="Ann Lee"), "ValueError: by ANN LEE"),
        (Student(id="s1", email="ann@example.org"), "ValueError: ann@example.org"),
        (Student(id="s1", ids={"moodle": "778812"}), "participant 778812"),
        (Student(id="s1", name="李梅"), "作者：李梅的代码"),
    ],
)
def test_an_example_never_names_its_student(student: Student, message: str) -> None:
    """A message that holds what its student is called is passed over, for a longer one of somebody else too."""
    alone = tally_of((student, NO_HALF, (failed(message),)))
    together = tally_of(
        (student, NO_HALF, (failed(message),)), (Student(id="else"), NO_HALF, (failed(message * 2 + "!"),))
    )
    assert alone.mistakes["no_half"].message == ""
    assert alone.mistakes["no_half"].advice == NO_HALF.advice
    assert together.mistakes["no_half"].message == message * 2 + "!"


@pytest.mark.parametrize("student", [Student(id="6"), Student(id="al", name="Res")])
def test_a_part_of_a_word_or_a_number_names_nobody(student: Student) -> None:
    """Short ids, and names within longer words, leave an example as it is."""
    tally = tally_of((student, NO_HALF, (failed("The result has shape (6, 6), al"),)))
    assert tally.mistakes["no_half"].message == "The result has shape (6, 6), al"


def test_a_row_without_its_report_still_counts() -> None:
    """Where the full report is gone, the row's own mistake counts, by its title."""
    tally = Tally()
    tally.add(Student(id="ann"), row("ann", report(FAILED, mistake=NO_HALF)), None)
    seen = tally.mistakes["no_half"]
    assert (seen.students, seen.title, seen.message) == (1, NO_HALF.title, "")


def test_only_work_that_was_begun_was_tried() -> None:
    """A missing file, an untouched stub, a skipped exercise and a fault of the grader are no tries."""
    tally = Tally()
    tally.add(Student(id="a"), missing("a"), None)
    tally.add(Student(id="b"), fault("b"), None)
    for status in (Status.NOT_STARTED, Status.SKIPPED, Status.ERROR, PASSED):
        made = report(status, check(status))
        tally.add(Student(id=status), row(status, made), made)
    assert (tally.tried, tally.passed, tally.unnamed, tally.faults) == (2, 1, 1, 1)
    assert tally.statuses[Status.MISSING] == 1
    assert tally.statuses[Status.CRASHED] == 0
    assert len(tally.seconds) == 2


def test_a_file_without_the_function_was_tried() -> None:
    """A file that lacks the name that is due is somebody's work, unlike no file."""
    tally = Tally()
    made = report(Status.MISSING, check(Status.MISSING))
    tally.add(Student(id="a"), row("a", made), made)
    assert (tally.tried, tally.passed) == (1, 0)


def test_a_skipped_check_did_not_run() -> None:
    """The share that fails a check is taken of those in whom it ran."""
    tally = tally_of(
        (Student(id="a"), None, (failed("x"), check(Status.SKIPPED, name="later"))),
        (Student(id="b"), None, (check(PASSED), check(Status.TIMEOUT, name="later"))),
    )
    assert {name: (ran.ran, ran.failed) for name, ran in tally.checks.items()} == {
        "test_values": (2, 1),
        "later": (1, 1),
    }
