"""The command in a real terminal, with the real engine: tmux draws it and types."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import grader
from grader.course import load_course
from grader.practice import Practice
from grader.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TMUX = shutil.which("tmux")
PATIENCE_S = 60.0
ROOT = Path(grader.__file__).parent.parent

pytestmark = pytest.mark.skipif(TMUX is None, reason="tmux is not installed")


class Terminal:
    """One tmux session on a server of its own."""

    def __init__(self, folder: Path, socket: Path) -> None:
        self.folder = folder
        self._socket = socket
        self._sessions = 0

    def tmux(self, *words: str) -> str:
        """Run a command of tmux and return what it prints."""
        command = [TMUX or "tmux", "-S", str(self._socket), "-f", "/dev/null", *words]
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout

    def start(self, command: str, *, columns: int = 120, rows: int = 40, env: str = "") -> None:
        """Start `command` in a terminal of that size; the status of its end is printed."""
        # A server of tmux lives while it has a session: the shell outlives the command.
        line = f"cd '{self.folder}'; env LANG=C.UTF-8 PYTHONPATH='{ROOT}' {env} {command}; echo ended $?; exec cat"
        self._sessions += 1
        self.tmux(
            "new-session", "-d", "-s", f"s{self._sessions}", "-x", str(columns), "-y", str(rows), "sh", "-c", line
        )

    def text(self) -> str:
        """Return what is on the terminal."""
        return self.tmux("capture-pane", "-p", "-t", f"s{self._sessions}")

    def keys(self, *keys: str) -> None:
        """Type keys."""
        self.tmux("send-keys", "-t", f"s{self._sessions}", *keys)

    def until(self, true: Callable[[str], bool]) -> str:
        """Wait until the text on the terminal is as `true` says, and return it."""
        deadline = time.monotonic() + PATIENCE_S
        while not true(text := self.text()):
            assert time.monotonic() < deadline, f"did not happen; the terminal:\n{text}"
            time.sleep(0.05)
        return text

    def shows(self, text: str) -> str:
        """Wait until `text` is on the terminal."""
        return self.until(lambda shown: text in shown)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """Return a terminal in an empty folder; its server ends with the test."""
    folder = tmp_path / "home"
    folder.mkdir()
    opened = Terminal(folder, tmp_path / "tmux")
    yield opened
    subprocess.run([TMUX or "tmux", "-S", str(tmp_path / "tmux"), "kill-server"], capture_output=True, check=False)


COMMAND = f"{sys.executable} -m grader tui"


def processes_in(folder: Path) -> list[str]:
    """Return the command lines of the processes whose environment names `folder` as theirs."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                environ = (entry / "environ").read_bytes()
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if f"GRADLINGS_TEST={folder}".encode() in environ and b"grader" in words:
                found.append(words.replace(b"\0", b" ").decode())
    return found


def require_no_process(folder: Path) -> None:
    """Fail unless the processes of `folder` end soon."""
    deadline = time.monotonic() + PATIENCE_S
    while processes_in(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not processes_in(folder)


def remembered_in(workspace: Path) -> str | None:
    """Return the exercise that the record of `workspace` would open, once it is written."""
    return Practice(load_course(None), Workspace(workspace)).settings().get("exercise")


def test_a_learner_in_a_real_terminal(terminal: Terminal) -> None:
    """A workspace is made and told of, hostile code gives clear failed results, and quitting leaves nothing behind."""
    terminal.start(COMMAND, env=f"GRADLINGS_TEST='{terminal.folder}'")
    terminal.shows("one was made: practice")
    file = terminal.folder / "practice" / "ex03_squared_loss.py"
    terminal.keys("/")
    terminal.shows("id, name or title")
    terminal.keys("3")
    terminal.shows("/3")
    terminal.keys("Enter")
    terminal.shows("The squared loss")
    body = "def squared_loss(y_hat, y):\n"
    terminal.shows("watching ex03_squared_loss.py")
    for code, expected in (
        ("    import os, signal\n    os.kill(os.getpid(), signal.SIGSEGV)\n", "✗ crashed"),
        ("    raise SystemExit(0)\n", "instead of returning"),
        ("    print('x' * 10_000_000)\n    return y_hat\n", "Output limit"),
        ("    return (y_hat - y) ** 2 / 2\n", "y is not brought into the shape of y_hat"),
        ("    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2\n", "ex3 is passed"),
    ):
        file.write_text(body + code, encoding="utf-8")
        terminal.shows(expected)
    # An endless loop: Esc ends it long before its time limit.
    file.write_text(body + "    while True: pass\n", encoding="utf-8")
    terminal.shows("Esc cancels")
    terminal.keys("Escape")
    assert "✗ timeout" not in terminal.shows("Cancelled. g grades again")
    assert processes_in(terminal.folder)
    terminal.keys("q")
    terminal.shows("ended 0")
    require_no_process(terminal.folder)


def test_kill_9_loses_nothing_and_leaves_nothing(terminal: Terminal) -> None:
    """After kill -9 a restart opens the same exercise, and the warm process is gone."""
    terminal.start(COMMAND, env=f"GRADLINGS_TEST='{terminal.folder}'")
    terminal.shows("one was made")
    terminal.keys("Down", "Down", "g")
    terminal.shows("Still the stub")
    terminal.until(lambda _: remembered_in(terminal.folder / "practice") == "ex3")
    pids = [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdecimal() and _is_program(entry, terminal.folder)
    ]
    assert len(pids) == 1
    os.kill(pids[0], 9)
    require_no_process(terminal.folder)
    terminal.start(COMMAND)
    terminal.shows("▶ ~ ex3 squared_loss")


def _is_program(entry: Path, folder: Path) -> bool:
    try:
        words = (entry / "cmdline").read_bytes().split(b"\0")
        return words[-2] == b"tui" and f"GRADLINGS_TEST={folder}".encode() in (entry / "environ").read_bytes()
    except (OSError, IndexError):
        return False


def test_the_editor_gets_the_terminal_and_the_screen_is_intact_after(terminal: Terminal, tmp_path: Path) -> None:
    """$EDITOR runs in the terminal with the file on e; on return the screen is whole and the change is graded once."""
    editor = tmp_path / "my editor.sh"
    editor.write_text('#!/bin/sh\necho "editing $2"; read line; echo "a = 1" >> "$2"\n', encoding="utf-8")
    editor.chmod(0o755)
    terminal.start(COMMAND, env=f"""EDITOR="'{editor}' -x" GRADLINGS_TEST='{terminal.folder}'""")
    before = terminal.shows("one was made").splitlines()
    terminal.shows("watching ex01")
    terminal.keys("e")
    terminal.shows("editing ")
    assert "Exercises" not in terminal.text()
    terminal.keys("Enter")
    after = terminal.shows("Checks 0/").splitlines()
    assert after[1] == before[1]
    assert len(after) == len(before)
    time.sleep(1.0)
    terminal.keys("q")
    terminal.shows("ended 0")
    shown = subprocess.run(
        [sys.executable, "-m", "grader", "progress", "--json"],
        cwd=terminal.folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout
    assert '"attempts":1' in shown


def test_without_colours_every_status_is_still_a_symbol_and_a_word(terminal: Terminal) -> None:
    """NO_COLOR leaves the same text, with the cursor marked by a symbol; an exported COLUMNS is not believed."""
    terminal.start(COMMAND, env="NO_COLOR=1 COLUMNS=80 LINES=24")
    text = terminal.shows("q quit")
    assert "▶ · ex1 synthetic_data" in text
    assert "not tried" in text
    terminal.shows("┏━ 1 Exercises")
    terminal.keys("2")
    terminal.shows("┏━ 2 Task")
    terminal.shows("╭─ 1 Exercises")


def test_grader_alone_opens_it_on_a_terminal(terminal: Terminal) -> None:
    """`grader` without a command is the program where there is a terminal."""
    terminal.start(f"{sys.executable} -m grader", columns=80, rows=24)
    terminal.shows("q quit")
    terminal.keys("q")
    terminal.shows("ended 0")


@pytest.mark.parametrize("redirected", ["</dev/null", ">out.txt", "2>err.txt"])
def test_without_a_whole_terminal_it_says_what_to_use(terminal: Terminal, redirected: str) -> None:
    """With any stream redirected `grader tui` ends with status 2 and names check and watch."""
    terminal.start(f"{COMMAND} {redirected}")
    terminal.shows("ended 2")
    written = terminal.folder / "err.txt"
    said = written.read_text(encoding="utf-8") if written.exists() else terminal.text()
    # Wherever the terminal breaks its rows.
    said = "".join(said.split())
    assert "gradercheck" in said
    assert "graderwatch" in said


def test_nothing_heavy_is_imported_before_the_first_paint(tmp_path: Path) -> None:
    """Neither torch, pytest and matplotlib nor numpy, pygments and watchfiles come with the program itself."""
    code = (
        "import sys; import grader.cli; import tui.program;"
        "heavy = {'torch', 'pytest', 'matplotlib', 'numpy', 'pygments', 'watchfiles', 'textual_plot', 'sympy'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True, env=env, cwd=tmp_path
    )
    assert done.stdout.strip() == "[]"
