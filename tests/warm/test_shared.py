"""The warm process that one command leaves for the next."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.errors import UsageError
from grader.warm.client import command_of
from grader.warm.home import Home, find_home, stamp
from grader.warm.shared import SharedProcess, Unavailable, running, stop_all
from tests.warm.conftest import RIGHT, WRONG, write_small
from tests.warm.processes import becomes_true, below, is_alive

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.model import Course
    from tests.warm.conftest import Ask

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc about processes")


@pytest.fixture
def environ() -> Iterator[Mapping[str, str]]:
    """Return an environment with a private folder for sockets; no process outlives the test."""
    # Not tmp_path, which may be longer than a socket's address can be.
    with tempfile.TemporaryDirectory(prefix="warm") as runtime:
        given = {"XDG_RUNTIME_DIR": runtime}
        yield given
        stop_all(given)


@pytest.fixture
def home(environ: Mapping[str, str]) -> Home:
    """Return the folder of the sockets."""
    found = find_home(environ)
    assert found is not None
    return found


@pytest.fixture
def shared(course: Course, home: Home, environ: Mapping[str, str]) -> SharedProcess:
    """Return a shared process that answers."""
    process = SharedProcess(course, home)
    process.start()
    assert becomes_true(lambda: bool(list(running(environ))))
    return process


def pid_of(environ: Mapping[str, str]) -> int:
    """Return the one process that answers."""
    (found,) = running(environ)
    return found.pid


def test_it_grades_for_whoever_asks(shared: SharedProcess, ask: Ask, environ: Mapping[str, str]) -> None:
    """Requests come one after the other; the process stays."""
    pid = pid_of(environ)
    for source, passed in ((RIGHT, True), (WRONG, False), (RIGHT, True)):
        request, options = ask(source)
        assert shared.grade(request, options=options).report.passed is passed
    request, options = ask(RIGHT)
    request.file.unlink()
    with pytest.raises(UsageError):
        shared.grade(request, options=options)
    assert pid_of(environ) == pid


def test_without_one_it_is_unavailable(course: Course, home: Home, ask: Ask) -> None:
    """The command is told at once, whether nothing was there or a dead process left its path."""
    request, options = ask(RIGHT)
    process = SharedProcess(course, home)
    with pytest.raises(Unavailable):
        process.grade(request, options=options)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(home.socket(course)))
    with pytest.raises(Unavailable):
        process.grade(request, options=options)


def test_one_that_was_killed_is_replaced(shared: SharedProcess, ask: Ask, environ: Mapping[str, str]) -> None:
    """The next command finds none, starts one, and the one after it has one again."""
    request, options = ask(RIGHT)
    pid = pid_of(environ)
    os.kill(pid, signal.SIGKILL)
    assert becomes_true(lambda: not is_alive(pid))
    with pytest.raises(Unavailable):
        shared.grade(request, options=options)
    shared.start()
    assert becomes_true(lambda: bool(list(running(environ))))
    assert shared.grade(request, options=options).report.passed


def test_one_that_hangs_is_killed(shared: SharedProcess, ask: Ask, environ: Mapping[str, str]) -> None:
    """Nobody waits for ever for a process that does not say hello."""
    request, options = ask(RIGHT)
    pid = pid_of(environ)
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(Unavailable):
        shared.grade(request, options=options)
    assert becomes_true(lambda: not is_alive(pid))


def test_one_made_from_something_else_is_ended(
    shared: SharedProcess, course: Course, home: Home, environ: Mapping[str, str], ask: Ask
) -> None:
    """A changed Python, torch, grader or course must not be served by what was loaded before."""
    del shared
    pid = pid_of(environ)
    root = course.root / "course.toml"
    before = root.read_text(encoding="utf-8")
    try:
        # The same course asks for one more module now.
        root.write_text(before.replace("points = 10", 'points = 10, preload = ["json.tool"]'), encoding="utf-8")
        from grader.course import load_course  # noqa: PLC0415 - reads what was just written

        changed = load_course(course.root)
        assert stamp(changed) != stamp(course)
        request, options = ask(RIGHT)
        with pytest.raises(Unavailable):
            SharedProcess(changed, home).grade(request, options=options)
    finally:
        root.write_text(before, encoding="utf-8")
    assert becomes_true(lambda: not is_alive(pid))


def test_two_started_at_once_become_one(course: Course, home: Home, environ: Mapping[str, str], ask: Ask) -> None:
    """Whoever comes second leaves at once."""
    before = below(os.getpid())
    process = SharedProcess(course, home)
    for _ in range(3):
        process.start()
    assert becomes_true(lambda: bool(list(running(environ))))
    pid = pid_of(environ)
    assert becomes_true(
        lambda: not [each for each in below(os.getpid()) - before - below(pid) - {pid} if is_alive(each)]
    )
    request, options = ask(RIGHT)
    assert process.grade(request, options=options).report.passed


def test_it_goes_when_nobody_asks(course: Course, home: Home) -> None:
    """After the idle time neither process nor socket is left."""
    path = home.socket(course)
    words = command_of(course, "--listen", str(path), "--idle", "0.5")
    assert subprocess.run(words, cwd="/", timeout=60, check=False).returncode == 0
    assert not path.exists()


def test_stopping_ends_them_all(shared: SharedProcess, environ: Mapping[str, str], tmp_path: Path, home: Home) -> None:
    """Processes for other courses too; stopping again finds none."""
    del shared
    other = SharedProcess(write_small(tmp_path), home)
    other.start()
    assert becomes_true(lambda: len(list(running(environ))) == 2)
    pids = [each.pid for each in running(environ)]
    assert stop_all(environ) == 2
    assert becomes_true(lambda: not any(map(is_alive, pids)))
    assert stop_all(environ) == 0
    assert not home.sockets()


def test_the_folder_is_nobody_elses(environ: Mapping[str, str], tmp_path: Path) -> None:
    """The folder has mode 0700; a link, or one that others can enter, is not used."""
    given = dict(environ)
    found = find_home(given)
    assert found is not None
    assert found.folder == Path(given["XDG_RUNTIME_DIR"]) / "gradlings"
    assert found.folder.stat().st_mode & 0o777 == 0o700
    found.folder.chmod(0o755)
    assert find_home(given) is None
    found.folder.rmdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    found.folder.symlink_to(elsewhere)
    assert find_home(given) is None
    found.folder.unlink()


def test_a_runtime_folder_too_long_for_a_socket_is_left_alone(tmp_path: Path) -> None:
    """An address has about a hundred bytes; where they do not do, the temporary folder is taken."""
    runtime = tmp_path / ("long" * 25)
    runtime.mkdir(mode=0o700)
    found = find_home({"XDG_RUNTIME_DIR": str(runtime)})
    assert found is None or found.folder.parent == Path(tempfile.gettempdir())


def test_a_runtime_folder_that_others_may_enter_is_left_alone(tmp_path: Path) -> None:
    """Then the socket lies in the temporary folder, in a folder of the user's own."""
    open_to_all = tmp_path / "run"
    open_to_all.mkdir(mode=0o755)
    found = find_home({"XDG_RUNTIME_DIR": str(open_to_all)})
    assert found is None or str(os.getuid()) in found.folder.name


def grader(folder: Path, environ: Mapping[str, str], course: Course, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command in `folder`."""
    command = [sys.executable, "-m", "grader", "--course", str(course.root), "--lang", "en", *words]
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_check_leaves_one_behind_and_uses_it(course: Course, ask: Ask, environ: Mapping[str, str]) -> None:
    """Forced on away from a terminal: the first check starts one, the next is graded by it, stop ends it."""
    request, _ = ask(WRONG)
    folder = request.file.parent
    forced = {**environ, "GRADER_WARM": "1"}
    first = grader(folder, forced, course, "check", "ex1", request.file.name, "--seed", "3")
    assert becomes_true(lambda: bool(list(running(environ))))
    second = grader(folder, forced, course, "check", "ex1", request.file.name, "--seed", "3")
    assert first.returncode == second.returncode == 1
    assert without_seconds(first.stdout) == without_seconds(second.stdout)
    assert "waits for checks" in grader(folder, forced, course, "warm").stdout
    assert "Ended: 1." in grader(folder, forced, course, "warm", "stop").stdout
    assert not list(running(environ))


def without_seconds(text: str) -> list[str]:
    """Return the words of a report but for how long it took."""
    return [word for word in text.split() if not word.replace(".", "").isdecimal()]


@pytest.mark.parametrize("setting", [{}, {"GRADER_WARM": "0"}])
def test_check_leaves_nothing_behind_without_a_terminal(
    course: Course, ask: Ask, environ: Mapping[str, str], setting: Mapping[str, str], home: Home
) -> None:
    """A pipe, or GRADER_WARM=0, turns it off."""
    request, _ = ask(RIGHT)
    with suppress(FileNotFoundError):
        home.folder.rmdir()
    done = grader(request.file.parent, {**environ, **setting}, course, "check", "ex1", request.file.name)
    assert done.returncode == 0
    assert not home.folder.exists()
