"""A warm process and its owner: verdicts as they come, and no trace afterwards."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from grader.errors import UsageError, WorkerFault
from grader.model import CheckResult, Graded, GradeOptions, GradeRequest, Status
from grader.practice import digest_of
from grader.warm import Cancelled, Grading, WarmProcess
from grader.warm.wire import FRAME_BYTES, Done, Grade, Hello, decode, encode
from grader.worker.frames import Channel
from tests.warm.conftest import RIGHT, WRONG, write_small
from tests.warm.processes import becomes_true, below, is_alive

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grader.engine import Event
    from grader.model import Course
    from tests.warm.conftest import Ask

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc about processes")
ENDLESS = "def f(x):\n    while True:\n        pass\n"
OWNER = """
import os, sys
from pathlib import Path
from grader.course import load_course
from grader.model import GradeOptions, GradeRequest
from grader.warm import WarmProcess
course = load_course(Path(sys.argv[1]))
warm = WarmProcess(course)
request = GradeRequest(course.exercises[0], Path(sys.argv[2]))
for event in warm.grade(request, options=GradeOptions(course=course, seed=1, lang="en")):
    pass
print(event.report.status, sorted({"torch", "pytest", "matplotlib", "grader.judge"} & set(sys.modules)), flush=True)
if len(sys.argv) > 3:
    grading = warm.grade(request, options=GradeOptions(course=course, seed=1, lang="en"))
    print("under way", flush=True)
    list(grading)
warm.close()
"""


def verdict(events: list[Event]) -> Graded:
    """Return the verdict among these events."""
    (graded,) = [event for event in events if isinstance(event, Graded)]
    return graded


def test_checks_come_as_they_end_and_then_the_verdict(shared_warm: WarmProcess, ask: Ask) -> None:
    """A check comes once, with its whole message, in the order of the verdict's."""
    request, options = ask(WRONG)
    events = list(shared_warm.grade(request, options=options))
    assert [type(event) for event in events] == [CheckResult] * 3 + [Graded]
    graded = verdict(events)
    assert graded.report.status is Status.FAILED
    for early, late in zip(events[:3], graded.report.checks, strict=True):
        assert isinstance(early, CheckResult)
        assert (early.name, early.status, early.title) == (late.name, late.status, late.title)
    assert isinstance(events[0], CheckResult)
    assert "came back" in events[0].message
    assert graded.sha256 == digest_of(request.file)


def test_the_language_and_the_limits_are_those_asked_for(shared_warm: WarmProcess, ask: Ask) -> None:
    """Options travel whole."""
    request, options = ask(ENDLESS)
    limits = msgspec.structs.replace(options.limits, wall_s=0.2)
    asked = msgspec.structs.replace(options, lang="zh", limits=limits)
    report = verdict(list(shared_warm.grade(request, options=asked))).report
    assert report.status is Status.TIMEOUT
    assert report.checks[0].title == "值"
    assert "0.2" in report.checks[0].message


def test_a_file_that_is_not_there_is_told_of_as_in_any_command(shared_warm: WarmProcess, ask: Ask) -> None:
    """The judge's error arrives as the error that it is."""
    request, options = ask(RIGHT)
    request.file.unlink()
    with pytest.raises(UsageError) as told:
        list(shared_warm.grade(request, options=options))
    assert told.value.key == "check.cannot_read"
    assert told.value.params["path"] == str(request.file)


def test_two_gradings_at_once_do_not_mix(shared_warm: WarmProcess, ask: Ask) -> None:
    """Each line has its own judge."""
    asked = [ask(source) for source in (RIGHT, WRONG, RIGHT, WRONG)]
    gradings = [shared_warm.grade(request, options=options) for request, options in asked]
    statuses = [verdict(list(grading)).report.status for grading in gradings]
    assert statuses == [Status.PASSED, Status.FAILED] * 2


def test_workers_know_nothing_of_the_judge(shared_warm: WarmProcess, ask: Ask) -> None:
    """No worker descends from a process that has the judge, pytest or a request in memory."""
    spy = (
        "import gc, sys\n"
        "def f(x):\n"
        "    names = {getattr(each, '__module__', None) for each in gc.get_objects() if callable(each)}\n"
        "    names |= set(sys.modules)\n"
        "    found = sorted(name for name in names if isinstance(name, str)\n"
        "        and name.startswith(('grader.judge', 'grader.warm.judging', '_pytest', 'pytest')))\n"
        "    held = [each for each in gc.get_objects() if type(each).__name__ in ('GradeRequest', 'GradeOptions')]\n"
        "    raise RuntimeError(f'found {found} {len(held)}')\n"
    )
    request, options = ask(spy)
    report = verdict(list(shared_warm.grade(request, options=options))).report
    assert "found [] 0" in report.checks[0].message


def test_changed_checks_count_at_once(tmp_path: Path) -> None:
    """No check is remembered from one grading to the next."""
    course = write_small(tmp_path)
    file = tmp_path / "ex01_double.py"
    file.write_text(WRONG, encoding="utf-8")
    request = GradeRequest(course.exercises[0], file)
    options = GradeOptions(course=course, seed=1, lang="en")
    process = WarmProcess(course)
    try:
        assert not verdict(list(process.grade(request, options=options))).report.passed
        checks = course.exercises[0].checks
        checks.write_text(checks.read_text(encoding="utf-8").replace("x * 2", "x * 3"), encoding="utf-8")
        assert verdict(list(process.grade(request, options=options))).report.passed
    finally:
        process.close()


def test_a_file_of_the_learner_is_not_taken_for_torch(warm: WarmProcess, ask: Ask) -> None:
    """What lies beside the graded file is the worker's to import, not the warm process's."""
    request, options = ask(RIGHT)
    (request.file.parent / "torch.py").write_text("raise SystemExit\n", encoding="utf-8")
    assert verdict(list(warm.grade(request, options=options))).report.passed


def started(grading: Grading) -> tuple[threading.Thread, list[BaseException]]:
    """Iterate a grading in a thread of its own; return that and what ended it."""
    ends: list[BaseException] = []

    def iterate() -> None:
        try:
            list(grading)
        except (Cancelled, WorkerFault) as end:
            ends.append(end)

    thread = threading.Thread(target=iterate)
    thread.start()
    return thread, ends


def rested(warm: WarmProcess) -> frozenset[int]:
    """Return the processes that there are while the warm process waits for work."""
    assert becomes_true(lambda: warm.ready)
    return below(os.getpid())


def test_cancelling_ends_judge_and_workers(warm: WarmProcess, ask: Ask) -> None:
    """An endless loop that is cancelled does not get to its time limit, and leaves no process."""
    at_rest = rested(warm)
    request, options = ask(ENDLESS)
    grading = warm.grade(request, options=options)
    thread, ends = started(grading)
    assert becomes_true(lambda: len(below(os.getpid()) - at_rest) >= 3)
    grading.cancel()
    thread.join(options.limits.wall_s / 2)
    assert not thread.is_alive()
    assert [type(end) for end in ends] == [Cancelled]
    assert becomes_true(lambda: below(os.getpid()) <= at_rest)
    assert verdict(list(warm.grade(ask(RIGHT)[0], options=options))).report.passed


def test_cancelling_while_torch_is_imported_ends_the_wait(warm: WarmProcess, ask: Ask) -> None:
    """Nobody has to wait for a grading that has not begun."""
    request, options = ask(RIGHT)
    grading = warm.grade(request, options=options)
    thread, ends = started(grading)
    grading.cancel()
    thread.join(5)
    assert not thread.is_alive()
    assert [type(end) for end in ends] == [Cancelled]


def test_a_cancelled_grading_is_never_begun(shared_warm: WarmProcess, ask: Ask) -> None:
    """Cancelling before iterating counts."""
    request, options = ask(RIGHT)
    grading = shared_warm.grade(request, options=options)
    grading.cancel()
    with pytest.raises(Cancelled):
        list(grading)


def test_a_judge_that_is_killed_is_the_graders_fault(warm: WarmProcess, ask: Ask) -> None:
    """The verdict is neither made up nor held against the learner."""
    at_rest = rested(warm)
    request, options = ask(
        "def f(x):\n    if float(x.sum()) < 0:\n        while True:\n            pass\n    return x * 2\n"
    )
    grading = iter(warm.grade(request, options=options))
    told = [next(grading)]
    assert becomes_true(lambda: len(below(os.getpid()) - at_rest) >= 2)
    judge = min(below(os.getpid()) - at_rest)
    os.kill(judge, signal.SIGKILL)
    with pytest.raises(WorkerFault):
        told += grading
    assert not any(isinstance(event, Graded) for event in told)
    assert becomes_true(lambda: below(os.getpid()) <= at_rest)


def kill_all(processes: Iterable[int]) -> None:
    """Kill processes, some of which may just have ended by themselves."""
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


@pytest.fixture
def strangers() -> frozenset[int]:
    """Return what runs already, for other tests of this process: it must stay alive."""
    return below(os.getpid())


def test_a_warm_process_that_died_is_replaced_unseen(strangers: frozenset[int], warm: WarmProcess, ask: Ask) -> None:
    """The next grading starts another, whether it had died before or dies on the way to its first word."""
    request, options = ask(RIGHT)
    assert verdict(list(warm.grade(request, options=options))).report.passed
    kill_all(below(os.getpid()) - strangers)
    assert verdict(list(warm.grade(request, options=options))).report.passed
    grading = warm.grade(request, options=options)
    kill_all(below(os.getpid()) - strangers)
    assert verdict(list(grading)).report.passed


def answer(line: socket.socket) -> None:
    """Be a warm process that has nothing to say."""
    with line:
        channel = Channel(line.fileno(), line.fileno(), limit_bytes=FRAME_BYTES)
        channel.send(encode(Hello(1, "")))
        assert isinstance(decode(channel.receive()), Grade)
        channel.send(encode(Done()))


@pytest.mark.parametrize("dying", [0, 1, 2, 3])
def test_a_dying_process_may_take_a_line(ask: Ask, dying: int) -> None:
    """Two lines that nobody answers cost no verdict; after a third it is the grader's fault."""
    request, options = ask(RIGHT)
    opened: list[socket.socket] = []

    def open_line() -> socket.socket:
        near, far = socket.socketpair()
        opened.append(near)
        if len(opened) > dying:
            threading.Thread(target=answer, args=(far,)).start()
        else:
            far.close()
        return near

    grading = Grading(open_line, Grade(request, options, plot=False))
    if dying < 3:
        assert list(grading) == []
    else:
        with pytest.raises(WorkerFault, match="warm_gone"):
            list(grading)
    assert len(opened) == min(dying, 2) + 1


def test_nothing_is_left_once_it_is_closed(course: Course, ask: Ask) -> None:
    """Closing ends it at any time: while it imports, while it waits, while it grades."""
    before = below(os.getpid())
    WarmProcess(course).close()
    process = WarmProcess(course)
    assert becomes_true(lambda: process.ready)
    process.close()
    process = WarmProcess(course)
    request, options = ask(ENDLESS)
    thread, ends = started(process.grade(request, options=options))
    assert becomes_true(lambda: len(below(os.getpid()) - before) >= 4)
    process.close()
    thread.join(5)
    assert [type(end) for end in ends] == [WorkerFault]
    assert becomes_true(lambda: below(os.getpid()) <= before)
    process.close()
    with pytest.raises(WorkerFault):
        process.grade(request, options=options)


def test_it_has_one_thread(shared_warm: WarmProcess, ask: Ask) -> None:
    """A process that forks must have no other thread, after all of torch's late imports too."""
    request, options = ask(RIGHT)
    list(shared_warm.grade(request, options=options))
    forking = [pid for pid in below(os.getpid()) if "grader.warm" in command(pid)]
    assert forking
    assert {len(list(Path(f"/proc/{pid}/task").iterdir())) for pid in forking} == {1}


def command(pid: int) -> str:
    """Return the command line of a process."""
    return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")


def test_its_owner_never_imports_torch(course: Course, ask: Ask) -> None:
    """Neither torch nor pytest nor the judge reach the process of the terminal program."""
    request, _ = ask(RIGHT)
    words = [sys.executable, "-c", OWNER, str(course.root), str(request.file)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "passed []\n"


def test_it_goes_with_an_owner_that_is_killed(course: Course, ask: Ask) -> None:
    """Kill -9 on the owner, in the middle of a grading, leaves no process."""
    request, _ = ask("import pathlib\ndef f(x):\n    while pathlib.Path('/').exists():\n        pass\n")
    words = [sys.executable, "-c", OWNER, str(course.root), str(request.file), "again"]
    before = below(os.getpid())
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as owner:
        assert becomes_true(lambda: len(below(owner.pid)) >= 4)
        processes = below(owner.pid)
        owner.kill()
    assert becomes_true(lambda: not any(map(is_alive, processes)))
    assert below(os.getpid()) <= before


def test_a_standing_judge_grades_one_file_after_the_other(warm: WarmProcess, ask: Ask) -> None:
    """Each verdict is that of a judge of its own, and it is one process all the time."""
    at_rest = rested(warm)
    judge = warm.hire()
    statuses, processes = [], set()
    for source in (RIGHT, WRONG, RIGHT, ENDLESS, RIGHT):
        request, options = ask(source)
        limits = msgspec.structs.replace(options.limits, wall_s=1.0)
        graded = judge.grade(request, options=msgspec.structs.replace(options, limits=limits))
        assert graded.sha256 == digest_of(request.file)
        statuses.append(graded.report.status)
        processes.add(min(below(os.getpid()) - at_rest))
    passed = Status.PASSED
    assert statuses == [passed, Status.FAILED, passed, Status.TIMEOUT, passed]
    assert len(processes) == 1
    judge.close()
    assert becomes_true(lambda: below(os.getpid()) <= at_rest)


def test_a_standing_judge_goes_on_after_what_it_refused(shared_warm: WarmProcess, ask: Ask) -> None:
    """A file that is not there costs nothing but its own verdict."""
    judge = shared_warm.hire()
    request, options = ask(RIGHT)
    missing = GradeRequest(request.exercise, request.file.with_name("none.py"))
    for _ in range(2):
        with pytest.raises(UsageError):
            judge.grade(missing, options=options)
        assert judge.grade(request, options=options).report.passed
    judge.close()


def test_a_standing_judge_is_dismissed_from_any_thread(warm: WarmProcess, ask: Ask) -> None:
    """Whoever waits for its verdict hears at once, and nothing that runs is left; a second time does no harm."""
    at_rest = rested(warm)
    judge = warm.hire()
    request, options = ask(ENDLESS)
    threading.Timer(0.5, judge.dismiss).start()
    with pytest.raises(WorkerFault):
        judge.grade(request, options=options)
    assert becomes_true(lambda: below(os.getpid()) <= at_rest)
    with pytest.raises(WorkerFault):
        judge.grade(request, options=options)
    judge.close()
    judge.dismiss()


def test_nobody_is_hired_by_a_closed_process(course: Course) -> None:
    """It says so, rather than wait."""
    process = WarmProcess(course)
    judge = process.hire()
    process.close()
    with pytest.raises(WorkerFault):
        process.hire()
    judge.close()
