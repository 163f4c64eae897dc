"""`grader watch` as a learner has it: a real terminal, a real warm process."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

import grader
from grader.course import load_course
from grader.practice import Practice
from grader.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import RunGrader

ROOT = Path(grader.__file__).parent.parent
# Importing torch on a busy machine.
PATIENCE_S = 60.0
WRONG = "def squared_loss(y_hat, y):\n    print('\\x1b[2Jhi')\n    return (y_hat - y) ** 2 / 2\n"
RIGHT = "def squared_loss(y_hat, y):\n    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2\n"


class Tmux:
    """A terminal in tmux in which `grader watch` runs."""

    def __init__(
        self, socket: Path, folder: Path, environment: dict[str, str], *arguments: str, size: tuple[int, int]
    ) -> None:
        self.folder = folder
        self._socket = socket
        columns, lines = size
        # In the command: tmux would set a TERM of its own.
        variables = [f"{name}={value}" for name, value in environment.items()]
        command = shlex.join(["env", *variables, sys.executable, "-m", "grader", "watch", *arguments])
        script = f'trap : INT; {command}; echo "status=$?"; stty -a; exec cat'
        self._tmux(
            *("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(lines), "-c", str(folder)),
            *("sh", "-c", script),
        )

    @property
    def file(self) -> Path:
        """The file of the third exercise."""
        return self.folder / "practice" / "ex03_squared_loss.py"

    def screen(self, *options: str) -> str:
        """Return what stands there now."""
        return self._tmux("capture-pane", "-p", *options)

    def sees(self, *texts: str) -> str:
        """Wait until all `texts` stand there."""
        end = time.monotonic() + PATIENCE_S
        while not all(text in (shown := self.screen("-J")) for text in texts):
            assert time.monotonic() < end, f"no {texts} in\n{shown}"
            time.sleep(0.02)
        return shown

    def press(self, *keys: str) -> None:
        """Press keys, by the names that tmux has for them."""
        self._tmux("send-keys", *keys)

    def resize(self, columns: int, lines: int) -> None:
        """Give the window another size."""
        self._tmux("resize-window", "-x", str(columns), "-y", str(lines))

    def save(self, text: str) -> None:
        """Save the file as vim does."""
        draft = self.file.with_name("4913")
        draft.write_text(text, encoding="utf-8")
        draft.replace(self.file)

    def processes(self) -> list[int]:
        """Return the processes below the shell, of any generation, that still run."""
        return below(int(self._tmux("display-message", "-p", "#{pane_pid}")))

    def close(self) -> None:
        """End it."""
        self._tmux("kill-server")

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(["tmux", "-S", str(self._socket), *words], capture_output=True, text=True, check=True)
        return done.stdout


def below(root: int) -> list[int]:
    """Return the descendants of a process."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = status.read_text(encoding="utf-8", errors="replace").split(" ", 1)
        except OSError:
            continue
        parents[int(pid)] = int(rest.rpartition(") ")[2].split()[1])
    found = [root]
    for each in found:
        found += [pid for pid, parent in parents.items() if parent == each]
    return found[1:]


class OpenTmux(Protocol):
    """Opens a terminal and watches in it; `env` adds to a neutral English environment."""

    def __call__(self, *arguments: str, env: dict[str, str] | None = None, size: tuple[int, int] = (80, 24)) -> Tmux:
        """Do it."""
        ...


@pytest.fixture
def open_tmux(home: Path, environment: dict[str, str]) -> Iterator[OpenTmux]:
    """Return a function that watches the real course, always in the same folder."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    wanted = ("PATH", "PYTHONPATH", "LANG", "HOME", "COVERAGE")
    needed = {name: value for name, value in environment.items() if name.startswith(wanted)}
    opened: list[Tmux] = []
    # The path of a test is too long for a socket.
    with tempfile.TemporaryDirectory(prefix="tmux-") as sockets:

        def start(*arguments: str, env: dict[str, str] | None = None, size: tuple[int, int] = (80, 24)) -> Tmux:
            socket = Path(sockets) / str(len(opened))
            opened.append(Tmux(socket, home, needed | (env or {}), *arguments, size=size))
            return opened[-1]

        yield start
        for each in opened:
            each.close()


@pytest.fixture
def tmux(open_tmux: OpenTmux) -> Tmux:
    """Watch the third exercise in a terminal of 80×24."""
    return open_tmux("ex3")


def test_from_the_task_to_a_pass(tmux: Tmux) -> None:
    """The task first, a named mistake on a save by rename, a hint, a pass on the next; then q leaves nothing."""
    tmux.sees("# The squared loss", "not started", "0/22", "watched by")
    tmux.save(WRONG)
    shown = tmux.sees("Mistake: y is not brought into the shape of y_hat", "failed  6.67 of 10 points")
    assert shown.splitlines()[0].startswith("ex3 squared_loss ")
    tmux.press("h")
    tmux.sees("Hint 1 of 3")
    tmux.save(RIGHT)
    tmux.sees("Passed! n goes on to ex4 sgd", "1/22", "5%", "Hint 1 of 3")
    tmux.press("d")
    tmux.sees("+++ reference")
    started = tmux.processes()
    assert len(started) >= 2
    tmux.press("q")
    tmux.sees("1 of 22 exercises passed", "status=0", " icanon", " echo ")
    wait_for_the_end_of(started)


def test_small_and_chinese(open_tmux: OpenTmux) -> None:
    """At 40×12 in Chinese all that is needed is there, and the frame follows every change of size."""
    tmux = open_tmux("ex3", env={"GRADER_LANG": "zh"}, size=(40, 12))
    tmux.sees("# 平方损失", "未开始", "0/22", "ex03_squared_loss.py", "退出")
    tmux.save(WRONG)
    tmux.sees("错误：没有把 y 变成 y_hat 的形状", "未通过")
    for columns, lines in ((20, 5), (4, 2), (1, 1), (132, 50), (40, 12)):
        tmux.resize(columns, lines)
    shown = tmux.sees("错误：没有把 y 变成 y_hat 的形状", "未通过", "ex3 squared_loss", "退出")
    assert len(shown.rstrip("\n").splitlines()) == 12
    assert not re.search("^ *[，。！？）]", shown, re.MULTILINE)


def test_code_that_never_ends(tmux: Tmux) -> None:
    """An endless loop can be left for a better version; Ctrl-C quits in the midst of one with the terminal whole."""
    tmux.sees("not started")
    loop = RIGHT.replace("    return", "    while True: pass\n    return")
    tmux.save(loop)
    tmux.sees("Still grading", "checks done: 0")
    tmux.save(RIGHT)
    tmux.sees("Passed!")
    tmux.save(loop)
    tmux.sees("Still grading")
    started = tmux.processes()
    tmux.press("C-c")
    tmux.sees("status=130", " icanon", " echo ")
    wait_for_the_end_of(started)


def test_killed(open_tmux: OpenTmux) -> None:
    """SIGTERM gives the terminal back; even SIGKILL leaves no process, and the next start opens the same exercise."""
    tmux = open_tmux("ex3")
    tmux.sees("not started")
    started = tmux.processes()
    os.kill(started[0], signal.SIGTERM)
    tmux.sees("status=143", " icanon", " echo ")
    wait_for_the_end_of(started)
    again = open_tmux()
    again.sees("ex3 squared_loss", "not started")
    started = again.processes()
    os.kill(started[0], signal.SIGKILL)
    wait_for_the_end_of(started)


def test_stopped_and_continued(tmux: Tmux) -> None:
    """Ctrl-Z gives the terminal back and stops; on continuing the screen is drawn anew."""
    tmux.sees("# The squared loss")
    (process, *_) = tmux.processes()
    tmux.press("C-z")
    wait_until(lambda: state_of(process) == "T")
    assert "# The squared loss" not in tmux.screen()
    os.kill(process, signal.SIGCONT)
    tmux.sees("# The squared loss", "? keys  q quit")
    tmux.press("q")
    tmux.sees("status=0")


def test_no_terminal(run_grader: RunGrader) -> None:
    """Without a terminal the file is graded once, in plain text, and standard error says why."""
    course = ("--course", ROOT / "exercises")
    done = run_grader("watch", "ex3", *course)
    plain = run_grader("check", "ex3", *course)
    assert (done.returncode, plain.returncode) == (1, 1)
    assert "Watching needs a terminal" in done.stderr
    assert "ex3  squared_loss" in done.stdout
    # The numbers and the time differ.
    assert re.sub(r"[\d.]+", "", done.stdout) == re.sub(r"[\d.]+", "", plain.stdout)


def test_no_terminal_and_no_exercise(run_grader: RunGrader, home: Path, course_root: Path) -> None:
    """Without a terminal, too, the exercise that was open last is the one that counts."""
    run_grader("init")
    practice = Practice(load_course(course_root), Workspace(home / "practice"))
    for number, name in ((2, "ex02_second_wind"), (9, "ex01_first_steps")):
        practice.remember("exercise", f"ex{number}")
        # The small course has no checks, which is said of the exercise.
        assert name in run_grader("watch").stderr


def test_dumb_terminal(open_tmux: OpenTmux) -> None:
    """A terminal that cannot place its cursor is treated like none."""
    tmux = open_tmux("ex3", env={"TERM": "dumb"}, size=(120, 60))
    tmux.sees("Watching needs a terminal", "status=1")


def test_unknown_exercise(run_grader: RunGrader) -> None:
    """An exercise that does not exist is wrong use, before anything is started."""
    done = run_grader("watch", "ex33")
    assert done.returncode == 2
    assert 'No exercise "ex33"' in done.stderr


def test_torch_stays_out(tmp_path: Path) -> None:
    """All that a session needs is imported without torch, pytest, matplotlib or Textual."""
    script = (
        "import sys, grader.cli.terminal, grader.cli.watch_session, grader.saves, grader.warm, watchfiles\n"
        "heavy = {'torch', 'pytest', 'matplotlib', 'textual', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)


def state_of(process: int) -> str:
    """Return the letter for what a process does."""
    return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(") ")[2][0]


def wait_until(condition: object) -> None:
    """Wait for it."""
    assert callable(condition)
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def wait_for_the_end_of(processes: list[int]) -> None:
    """Wait until none of them runs; one that nobody has reaped does not."""
    wait_until(lambda: not any(is_alive(each) for each in processes))


def is_alive(process: int) -> bool:
    """Say whether it runs."""
    try:
        return state_of(process) != "Z"
    except OSError:
        return False
