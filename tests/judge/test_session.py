"""Grading end to end: a small course, real workers, one report."""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import torch

from grader.errors import CourseError, UsageError
from grader.judge.result import SEVERITY, overall
from grader.judge.session import grade, grade_all, open_starter
from grader.model import CheckResult, GradeOptions, GradeRequest, Report, Status
from grader.worker.confine import FULL, describe_level, level
from grader.worker.nursery import Nursery
from grader.worker.spawn import Spawner
from tests.judge.conftest import CHECKS, SOLUTION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.judge.conftest import Grade, WriteExercise

STUB = "def f(x):\n    raise NotImplementedError\n\n\ndef g(n):\n    raise NotImplementedError\n"
G = "\n\ndef g(n):\n    return n + 1\n"


def statuses(report: Report) -> list[str]:
    """Return how the checks ended, in their order."""
    return [result.status.value for result in report.checks]


def timeless(report: Report) -> Any:
    """Return a report without what differs from run to run: the seconds."""
    plain = msgspec.to_builtins(report)
    for part in (plain, *plain["checks"]):
        del part["seconds"]
    return plain


def test_a_right_solution_passes(grade_source: Grade) -> None:
    """All points, no message, no mistake, and a head that says what was graded and how."""
    report = grade_source(SOLUTION, seed=7)
    assert (report.passed, report.status, report.score, report.max_score) == (True, Status.PASSED, 10.0, 10.0)
    assert (report.exercise, report.device, report.seed, report.mistake) == ("ex1", "cpu", 7, None)
    assert [(r.name, r.title, r.score, r.max_score, r.message) for r in report.checks] == [
        ("test_values", "Each element is three times that of x.", 2.5, 2.5, ""),
        ("test_gradient", "The gradient of f is three.", 5.0, 5.0, ""),
        ("test_count", "One is added to n.", 2.5, 2.5, ""),
    ]
    assert sum(result.seconds for result in report.checks) <= report.seconds
    assert report.sandbox == level()


def test_the_sandbox_is_full(grade_source: Grade) -> None:
    """Where Landlock and seccomp are present the report says full."""
    if level() != FULL:
        pytest.skip(f"this system has less: {describe_level()}")
    assert grade_source(SOLUTION).sandbox == "full"


def test_an_untouched_stub_is_not_started(grade_source: Grade) -> None:
    """Nothing was done, so nothing is wrong; what depends on it is skipped by name."""
    report = grade_source(STUB)
    assert (report.status, report.score, report.mistake) == (Status.NOT_STARTED, 0.0, None)
    assert statuses(report) == ["not_started", "skipped", "not_started"]
    assert report.checks[0].message == ("f is still the stub. Replace “raise NotImplementedError” with your own code.")
    assert report.checks[1].message == (
        "Skipped: it depends on “Each element is three times that of x.” (test_values), which did not pass."
    )


def test_a_half_filled_file_earns_its_part(grade_source: Grade) -> None:
    """The passed checks count with their weight, and the exercise is failed, not untouched."""
    report = grade_source(STUB.replace("raise NotImplementedError", "return x * 3", 1))
    assert statuses(report) == ["passed", "passed", "not_started"]
    assert (report.status, report.passed, report.score) == (Status.FAILED, False, 7.5)


def test_a_wrong_solution_has_its_mistake_named(grade_source: Grade) -> None:
    """The mistake is named for the report and for the check, and the message says what came back."""
    report = grade_source("def f(x):\n    return x + 3\n" + G)
    assert statuses(report) == ["failed", "skipped", "passed"]
    assert (report.status, report.score) == (Status.FAILED, 2.5)
    assert report.mistake is not None
    assert (report.mistake.id, report.mistake.title, report.mistake.advice) == (
        "added",
        "Three is added",
        "Multiply by three.",
    )
    assert report.checks[0].mistake == report.mistake
    assert report.checks[2].mistake is None
    assert "6 of 6 elements differ" in report.checks[0].message
    assert "called: f(x=float32 (3, 2) [[" in report.checks[0].message


def test_a_wrong_solution_that_nobody_listed_is_related(grade_source: Grade) -> None:
    """Where no listed mistake behaves the same, the relation to the right result is told."""
    report = grade_source("def f(x):\n    return x * -3\n" + G)
    assert report.mistake is not None
    assert report.mistake.id == "general.sign"


@pytest.mark.parametrize(
    ("source", "relation"),
    [
        ("calls = []\n\ndef f(x):\n    calls.append(1)\n    return x * 3 + x.exp() * (len(calls) > 1)\n", None),
        ("calls = [1]\n\ndef f(x):\n    calls.append(1)\n    return x.exp() * len(calls)\n", "general.drift"),
        ("import time\n\ndef f(x):\n    return x.exp()\n", None),
    ],
    ids=["right_first", "drifts", "steady"],
)
def test_a_result_that_changes_from_call_to_call_is_told(
    grade_source: Grade, source: str, relation: str | None
) -> None:
    """Kept state shows where a call is repeated in a fresh worker."""
    mistake = grade_source(source + G).mistake
    assert (mistake and mistake.id) == relation


def test_right_on_the_first_call_only_is_told(write_exercise: WriteExercise, grade_source: Grade) -> None:
    """A second call that goes wrong, where a first would be right, names kept state."""
    twice = CHECKS.replace("x = draw.normal(3, 2)\n", "x = draw.normal(3, 2)\n    student.f(x)\n", 1)
    course = write_exercise(checks=twice)
    source = "kept = []\n\ndef f(x):\n    kept.append(1)\n    return x.exp() if len(kept) > 1 else x * 3\n"
    mistake = grade_source(source + G, course=course).mistake
    assert mistake is not None
    assert mistake.id == "general.first_call_only"


@pytest.mark.parametrize(
    ("source", "ended", "status", "message"),
    [
        ("def f(x):\n    return x * 3\n", ["passed", "passed", "missing"], "missing", "does not define g"),
        ("f = 3" + G, ["missing", "skipped", "passed"], "missing", "f cannot be called: it is of type int."),
        ("def f(x):\n    return x / [0]\n" + G, ["error", "skipped", "passed"], "error", "Your code raised TypeError"),
        ("def f():\n    pass\n" + G, ["error", "skipped", "passed"], "error", "does not fit your definition"),
        ("def f(x):\n    return None\n" + G, ["failed", "skipped", "passed"], "failed", "None came back"),
        ("def f(x):\n    import os\n    os._exit(0)\n" + G, ["crashed", "skipped", "passed"], "crashed", "exit code 0"),
        ("def f(x):\n    raise SystemExit(0)\n" + G, ["crashed", "skipped", "passed"], "crashed", "left the program"),
        ("def f(x):\n    input()\n" + G, ["error", "skipped", "passed"], "error", "input() waits for a keyboard"),
        ("def f(x:\n", ["error", "skipped", "error"], "error", "Your file is not valid Python"),
        ("import no_such\n" + G, ["error", "skipped", "error"], "error", "could not be loaded: ModuleNotFoundError"),
        ("import os\nos._exit(0)\n", ["crashed", "skipped", "crashed"], "crashed", "ended the whole process"),
        (b"x = 1\n\n\ny = '\xff'\n", ["error", "skipped", "error"], "error", "line 4: byte 0xff"),
    ],
)
def test_each_way_to_fail_has_its_status_and_message(
    grade_source: Grade, source: str | bytes, ended: list[str], status: str, message: str
) -> None:
    """The status of each check and of the whole, and a message that says it plainly."""
    report = grade_source(source)
    assert (statuses(report), report.status.value, report.passed) == (ended, status, False)
    assert message in next(r.message for r in report.checks if r.status.value == status)


def test_a_loop_costs_one_check(grade_source: Grade) -> None:
    """An endless loop ends by the time limit, and the other checks are graded."""
    report = grade_source("def f(x):\n    while True:\n        pass\n" + G, wall_s=0.5)
    assert statuses(report) == ["timeout", "skipped", "passed"]
    assert (report.status, report.score) == (Status.TIMEOUT, 2.5)
    assert "did not finish within 0.5 s" in report.checks[0].message
    assert report.mistake is not None, "one of the listed mistakes does not end either"
    assert report.mistake.id == "endless"


def test_a_loop_at_import_costs_its_limit_once(grade_source: Grade) -> None:
    """The checks share the outcome of loading: only the first waited for it."""
    report = grade_source("while True:\n    pass\n", wall_s=0.5)
    assert statuses(report) == ["timeout", "skipped", "timeout"]
    assert report.checks[0].seconds >= 0.5
    assert report.checks[2].seconds < 0.5


def test_what_the_code_prints_is_kept_and_harmless(grade_source: Grade) -> None:
    """Output of loading and of the call is shown with its check, control characters removed."""
    report = grade_source("print('loaded')\n\ndef f(x):\n    print('\\x1b[31mcalled')\n    return x * 3\n" + G)
    assert report.passed
    assert report.checks[0].output == "loaded\ncalled\n"
    assert report.checks[2].output == "loaded\n"
    broken = grade_source("print('before')\n1 / 0\n")
    assert broken.checks[0].output == "before\n"


def test_the_same_seed_makes_the_same_report(grade_source: Grade) -> None:
    """A report can be replayed to the letter by its seed; another seed draws other inputs."""
    source = "import random, torch\n\ndef f(x):\n    print(random.random(), torch.rand(2))\n    return x * 2\n" + G
    one, again, other = (grade_source(source, seed=seed) for seed in (3, 3, 4))
    assert timeless(one) == timeless(again)
    assert one.checks[0].message != other.checks[0].message
    assert one.checks[0].output != other.checks[0].output


def test_a_report_is_in_the_language_asked_for(grade_source: Grade) -> None:
    """Titles, messages and the mistake come in Chinese."""
    report = grade_source("def f(x):\n    return x + 3\n", lang="zh")
    assert report.checks[0].title == "值"
    assert "个元素" in report.checks[0].message
    assert report.mistake is not None
    assert report.mistake.title == "加了三"
    assert "没有定义 g" in report.checks[2].message


def test_a_device_that_is_not_there_is_skipped(grade_source: Grade) -> None:
    """Without a GPU its checks are skipped with a reason: neither passed nor failed."""
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    report = grade_source(SOLUTION, device="cuda")
    assert statuses(report) == ["skipped"] * 3
    assert (report.status, report.passed, report.score, report.device) == (Status.SKIPPED, False, 0.0, "cuda")
    assert "the device that you asked for is not there" in report.checks[0].message


def test_spawned_workers_grade_the_same(write_exercise: WriteExercise, grade_source: Grade) -> None:
    """By spawn, as on Windows or with a GPU, the report is the one that fork gives; warnings are kept as well.

    Workers forked from pytest would hand their warnings to it.
    """
    two = CHECKS.partition('\n\n@check(zh="计数"')[0]
    course = write_exercise(checks=two)
    source = "def f(x):\n    print('called')\n    return x.detach() * 3\n"
    warns = "import warnings\nwarnings.warn('mind this')\n"
    with Spawner() as spawner:
        spawned = grade_source(warns + source, course=course, starter=spawner)
    assert statuses(spawned) == ["passed", "failed"]
    assert spawned.mistake is not None
    assert spawned.mistake.id == "detached"
    forked = timeless(grade_source(source, course=course))
    found = timeless(spawned)
    for result in found["checks"]:
        assert "UserWarning: mind this" in result["output"]
        result["output"] = result["output"].splitlines()[-1] + "\n"
    assert found == forked


@pytest.mark.parametrize(
    ("checks", "key"),
    [
        ("", "course.no_checks"),
        ("def helper():\n    pass\n", "course.no_checks"),
        ("def test_f(student:\n", "course.cannot_execute"),
        ("import no_such_module\n", "course.cannot_execute"),
        ("1 / 0\n", "course.cannot_execute"),
    ],
)
def test_checks_that_cannot_run_are_the_courses_fault(
    write_exercise: WriteExercise, grade_source: Grade, checks: str, key: str
) -> None:
    """No check run is never a pass, and a broken checks.py is never the learner's zero."""
    course = write_exercise(checks=checks)
    with pytest.raises(CourseError) as caught:
        grade_source(SOLUTION, course=course)
    assert caught.value.key == key
    assert caught.value.params["path"] == course.exercises[0].checks


def test_broken_mistakes_are_the_courses_fault(write_exercise: WriteExercise, grade_source: Grade) -> None:
    """A mistakes.py that raises says so, once a diagnosis needs it."""
    course = write_exercise(mistakes="1 / 0\n")
    assert grade_source(SOLUTION, course=course).passed
    with pytest.raises(CourseError, match="ZeroDivisionError"):
        grade_source("def f(x):\n    return x\n", course=course)


def test_an_exercise_without_mistakes_is_graded(write_exercise: WriteExercise, grade_source: Grade) -> None:
    """The general relations are left."""
    course = write_exercise()
    course.exercises[0].mistakes.unlink()
    mistake = grade_source("def f(x):\n    return x * 6\n" + G, course=course).mistake
    assert mistake is not None
    assert mistake.id == "general.factor_two"


def test_each_check_has_a_worker_of_its_own(grade_source: Grade) -> None:
    """What one check leaves behind in the process, the next does not meet."""
    source = "import torch\n\ndef f(x):\n    torch.spoilt = True\n    return x * 3\n"
    assert grade_source(source + "\n\ndef g(n):\n    return n + 1 + hasattr(torch, 'spoilt')\n").passed


def test_parametrised_checks_are_checks(write_exercise: WriteExercise, grade_source: Grade) -> None:
    """Each case is a check with its own seed, worker and share of the points, and can be diagnosed."""
    checks = (
        "import pytest\nfrom grader.judge import assert_close\n\n"
        "@pytest.mark.parametrize('size', [1, 2])\ndef test_f(student, draw, size):\n"
        "    x = draw.normal(size)\n    assert_close(student.f(x), x * 3)\n"
    )
    course = write_exercise(checks=checks)
    report = grade_source("def f(x):\n    return x * 3 if len(x) == 1 else x + 3\n", course=course)
    assert [(r.name, r.status.value, r.score, r.max_score) for r in report.checks] == [
        ("test_f[1]", "passed", 5.0, 5.0),
        ("test_f[2]", "failed", 0.0, 5.0),
    ]
    assert report.mistake is not None
    assert report.mistake.id == "added"


def test_the_files_beside_a_submission_are_importable(grade_source: Grade, tmp_path: Path) -> None:
    """An exercise may use the learner's earlier one, but it cannot read the course."""
    (tmp_path / "practice").mkdir()
    (tmp_path / "practice" / "ex00_earlier.py").write_text("def triple(x):\n    return x * 3\n", encoding="utf-8")
    assert grade_source("from ex00_earlier import triple as f\n" + G).passed
    checks = next((tmp_path / "course" / "exercises").glob("*/checks.py"))
    stolen = grade_source(f"text = open({str(checks)!r}).read()\n")
    if level() == FULL:
        assert "PermissionError" in stolen.checks[0].message


def test_a_missing_file_is_wrong_use(write_exercise: WriteExercise, nursery: Nursery, tmp_path: Path) -> None:
    """A file that is not there is no submission, and no learner's zero."""
    course = write_exercise()
    options = GradeOptions(course=course, seed=0, lang="en")
    with pytest.raises(UsageError, match="cannot_read"):
        grade(GradeRequest(course.exercises[0], tmp_path / "gone.py"), options=options, starter=nursery)


def test_several_submissions_share_one_nursery(write_exercise: WriteExercise, tmp_path: Path) -> None:
    """Reports come in the order of the requests, each of its own file."""
    course = write_exercise()
    requests = []
    for number, source in enumerate((SOLUTION, STUB, SOLUTION)):
        file = tmp_path / f"{number}" / "answer.py"
        file.parent.mkdir()
        file.write_text(source, encoding="utf-8")
        requests.append(GradeRequest(course.exercises[0], file))
    options = GradeOptions(course=course, seed=0, lang="en")
    reports = [graded.report for graded in grade_all(requests, options=options)]
    assert [report.status.value for report in reports] == ["passed", "not_started", "passed"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere all workers are spawned")
def test_workers_are_forked_for_the_cpu_and_spawned_for_a_gpu() -> None:
    """CUDA must not be forked."""
    for device, kind in (("auto", Nursery), ("cpu", Nursery), ("cuda", Spawner), ("mps", Spawner)):
        with open_starter(device) as starter:
            assert type(starter) is kind


def results(*ended: Status) -> tuple[CheckResult, ...]:
    """Return results of checks that ended so."""
    return tuple(CheckResult(f"t{n}", "", status, 0, 1, "", None, 0) for n, status in enumerate(ended))


def every_pair() -> Iterator[tuple[Status, Status]]:
    """Yield each status that speaks before another one."""
    for place, status in enumerate(SEVERITY[:-1]):
        for other in (*SEVERITY[place + 1 :], Status.SKIPPED, Status.PASSED):
            yield status, other


@pytest.mark.parametrize(("stronger", "weaker"), list(every_pair()))
def test_the_gravest_status_speaks_for_the_exercise(stronger: Status, weaker: Status) -> None:
    """Crashed before timeout before error before missing before failed, in any order of the checks."""
    assert overall(results(stronger, weaker)) is overall(results(weaker, stronger)) is stronger


@pytest.mark.parametrize(
    ("ended", "status"),
    [
        ((), Status.SKIPPED),
        ((Status.PASSED, Status.PASSED), Status.PASSED),
        ((Status.NOT_STARTED, Status.NOT_STARTED), Status.NOT_STARTED),
        ((Status.NOT_STARTED, Status.SKIPPED), Status.NOT_STARTED),
        ((Status.NOT_STARTED, Status.PASSED), Status.FAILED),
        ((Status.SKIPPED, Status.SKIPPED), Status.SKIPPED),
        ((Status.SKIPPED, Status.PASSED), Status.FAILED),
    ],
)
def test_only_all_passed_is_a_pass(ended: tuple[Status, ...], status: Status) -> None:
    """No checks, skipped checks and half-filled files are never a pass."""
    assert overall(results(*ended)) is status


ELSEWHERE = '''
import torch

from grader.judge import assert_close, assert_device, check, elsewhere


@check(zh="值")
def test_values(student, draw):
    """Each element is three times that of x."""
    x = draw.normal(3, 2)
    assert_close(student.f(x), x * 3)


@check(zh="设备")
def test_device(student, draw):
    """Works on another device."""
    with elsewhere() as device:
        assert_device(student.f(torch.empty(3, device=device)), device)
'''


def test_a_check_that_cannot_judge_is_held_against_nobody(write_exercise: WriteExercise, grade_source: Grade) -> None:
    """Values that steer the code are right: the check is skipped, and the exercise is passed with all points."""
    course = write_exercise(checks=ELSEWHERE)
    steered = "def f(x):\n    return x * 3 if x.sum() > 0 else x + x + x\n"
    report = grade_source(steered, course=course)
    assert [check.status.value for check in report.checks] == ["passed", "skipped"]
    assert report.passed
    assert report.score == report.max_score
    mixed = "import torch\ndef f(x):\n    return x * 3 + torch.zeros(len(x), *x.shape[1:])\n"
    report = grade_source(mixed, course=course)
    assert [check.status.value for check in report.checks] == ["passed", "failed"]
    assert report.mistake is not None
    assert report.mistake.id == "general.device"


def test_checks_of_another_file_are_never_run(grade_source: Grade, write_exercise: WriteExercise) -> None:
    """Whatever module stands under a name that the checks might have, it is the file's own checks that are run."""
    course = write_exercise()
    name = course.exercises[0].name
    others = {f"{name}.checks", f"gradlings_course_{name}_checks", "checks"}
    for each in others:
        other = types.ModuleType(each)
        other.__file__ = __file__
        other.test_nothing = lambda: None  # type: ignore[attr-defined]
        sys.modules[each] = other
    try:
        report = grade_source("def f(x):\n    return x * 4\n", course=course)
    finally:
        for each in others:
            sys.modules.pop(each, None)
    assert not report.passed
    assert [check.name for check in report.checks] == ["test_values", "test_gradient", "test_count"]


def test_checks_are_read_anew(grade_source: Grade, write_exercise: WriteExercise) -> None:
    """A course whose checks have changed is graded by what they say now, also within one process."""
    course = write_exercise()
    assert grade_source(SOLUTION, course=course).passed
    checks = course.exercises[0].checks
    checks.write_text(CHECKS.replace("x * 3)", "x * 5)"), encoding="utf-8")
    assert statuses(grade_source(SOLUTION, course=course))[0] == "failed"
