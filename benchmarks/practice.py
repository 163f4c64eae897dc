"""What a learner waits for: the warm check, the first screen, a verdict after a save, a key while grading.

Prints a table. The terminal program runs in a real terminal (tmux) and is read off its screen,
so every figure contains what reading costs, a few milliseconds. Run by `make bench`.
"""

from __future__ import annotations

import argparse
import os
import re
import select
import shlex
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from grader.course import find_exercise, load_course

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GRADER = str(Path(sys.executable).with_name("grader"))
WRONG = "def squared_loss(y_hat, y):\n    return (y_hat - y) ** 2\n"
ENDLESS = "def squared_loss(y_hat, y):\n    while True:\n        pass\n"
KEYS_SHOWN, HELP_SHOWN, GRADING_SHOWN = "q quit", "In this pane", "Grading ex3"
PATIENCE_S = 30.0


class Terminal:
    """A tmux session with one command in it, seen by a client that is told of what is drawn.

    Looking again and again would take the processor from what is measured.
    """

    def __init__(self, command: str, folder: Path, *, columns: int = 120, rows: int = 40) -> None:
        self._name = f"bench-{uuid.uuid4().hex[:8]}"
        size = ("-x", str(columns), "-y", str(rows))
        subprocess.run([*self._server, "new-session", "-d", *size, "-c", str(folder), "sh"], check=True)
        pipe = subprocess.PIPE
        self._client = subprocess.Popen([*self._server, "-C", "attach"], stdin=pipe, stdout=pipe, bufsize=0)
        self._unread = b""
        self._answer()
        self.keys(command)
        self.wait(lambda screen: command[-20:] in screen)

    def screen(self) -> str:
        """Return what is on the screen."""
        return self._asked("capture-pane", "-p")

    def keys(self, *keys: str) -> float:
        """Press keys, and return when."""
        start = time.perf_counter()
        self._asked("send-keys", *keys)
        return start

    def wait(self, accepted: Callable[[str], bool]) -> float:
        """Wait for a screen, and return when it was there."""
        end = time.perf_counter() + PATIENCE_S
        while True:
            screen = self.screen()
            now = time.perf_counter()
            if accepted(screen):
                return now
            if now > end:
                sys.exit(f"it never came:\n{screen}")
            self._wait_for_output(end - now)

    def pid(self) -> int:
        """Return the process of the terminal program."""
        shell = self._asked("display-message", "-p", "#{pane_pid}").strip()
        return int(Path(f"/proc/{shell}/task/{shell}/children").read_text(encoding="ascii").split()[0])

    def close(self) -> None:
        """End the session and all in it."""
        subprocess.run([*self._server, "kill-server"], check=False, capture_output=True)
        self._client.communicate()

    @property
    def _server(self) -> tuple[str, ...]:
        return ("tmux", "-L", self._name)

    def _asked(self, *words: str) -> str:
        self._client.stdin.write(f"{shlex.join(words)}\n".encode())
        return self._answer()

    def _answer(self) -> str:
        lines: list[str] | None = None
        while True:
            line = self._line()
            if lines is None:
                lines = [] if line.startswith("%begin") else None
            elif line.startswith(("%end", "%error")):
                return "\n".join(lines)
            else:
                lines.append(line)

    def _wait_for_output(self, patience_s: float) -> None:
        while b"\n" in self._unread or select.select([self._client.stdout], [], [], patience_s)[0]:
            if self._line().startswith("%output"):
                return

    def _line(self) -> str:
        while b"\n" not in self._unread:
            some = self._client.stdout.read(1 << 16)
            if not some:
                sys.exit("tmux has gone")
            self._unread += some
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode("utf-8", errors="replace")


@contextmanager
def program(folder: Path) -> Iterator[Terminal]:
    """Run the terminal program until the block ends."""
    terminal = Terminal(f"{GRADER} --lang en tui", folder)
    try:
        yield terminal
    finally:
        terminal.close()


def show(name: str, seconds: list[float], aim_ms: float) -> None:
    """Print the median and the worst of some times."""
    print(
        f"{name:<58} median {1000 * statistics.median(seconds):6.0f} ms   "
        f"worst {1000 * max(seconds):6.0f} ms   aim <= {aim_ms:.0f} ms"
    )


def warm_check(folder: Path, runs: int) -> None:
    """Print what a whole warm command costs in units of importing torch."""
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    environ = {**os.environ, "GRADER_WARM": "1", "XDG_RUNTIME_DIR": str(runtime)}
    answer = folder / "ex03_squared_loss.py"
    answer.write_bytes(find_exercise(load_course(None), "ex3").solution.read_bytes())

    def wall_s(*command: str) -> float:
        start = time.perf_counter()
        subprocess.run(command, cwd=folder, env=environ, check=True, capture_output=True)
        return time.perf_counter() - start

    check = (GRADER, "check", "ex3", str(answer))
    wall_s(*check)
    while not list(runtime.glob("*/*.sock")):
        time.sleep(0.1)
    wall_s(*check)
    pairs = [(wall_s(*check), wall_s(sys.executable, "-c", "import torch")) for _ in range(runs)]
    mine, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"{'warm grader check ex3 / import torch':<58} {mine:.3f} s / {other:.3f} s = {ratio:.2f}   aim <= 0.25")
    subprocess.run([GRADER, "warm", "stop"], env=environ, check=True, capture_output=True)


def first_paint(folder: Path, runs: int) -> None:
    """Print how long the first full screen takes from the return key."""
    times = []
    for _ in range(runs + 1):
        with program(folder) as terminal:
            start = terminal.keys("Enter")
            times.append(terminal.wait(lambda screen: KEYS_SHOWN in screen and "╰" in screen) - start)
    show("first full screen of grader tui", times[1:], 600)


def in_use(folder: Path, runs: int) -> None:
    """Print what the running program costs and how soon it answers."""
    file = folder / "practice" / "ex03_squared_loss.py"
    right = find_exercise(load_course(None), "ex3").solution.read_text(encoding="utf-8")
    with program(folder) as terminal:
        terminal.keys("Enter")
        terminal.wait(lambda screen: KEYS_SHOWN in screen)
        terminal.keys("j", "j", "Enter")
        terminal.wait(lambda screen: "▶ " in screen and "watching ex03" in screen)
        terminal.keys("g")
        terminal.wait(lambda screen: "not started" in screen and "Checks" in screen)
        verdicts = []
        for number in range(runs):
            for source, sign in ((WRONG, "✗ failed"), (right, "✓ passed")):
                start = save(file, f"{source}\n# {number}\n")
                verdicts.append(terminal.wait(lambda screen, sign=sign: graded_as(screen, sign)) - start)
        show("save to verdict, exercise 3", verdicts[2:], 300)
        show("of which grading", recorded_seconds(file.parent)[2:], 150)
        show("a key while grading", keys_while_grading(terminal, file, runs), 100)
        show("esc to cancelled", cancels(terminal, file, runs), 500)
        terminal.keys("Escape")
        time.sleep(2)
        standing(terminal.pid())


def recorded_seconds(workspace: Path) -> list[float]:
    """Return how long each grading of exercise 3 took, as the record of the workspace has it."""
    with closing(sqlite3.connect(workspace / ".gradlings" / "progress.db")) as record:
        rows = record.execute("SELECT seconds FROM attempts WHERE exercise = 'ex3' ORDER BY id").fetchall()
    return [seconds for (seconds,) in rows]


def graded_as(screen: str, sign: str) -> bool:
    """Say whether the line above the keys tells of this verdict."""
    lines = screen.rstrip("\n").split("\n")
    return any(sign.split(maxsplit=1)[0] in line for line in lines[-3:-1]) and sign in screen


def keys_while_grading(terminal: Terminal, file: Path, runs: int) -> list[float]:
    """Return how long help took to open while an endless loop was graded."""
    times = []
    for number in range(runs):
        save(file, f"{ENDLESS}# key {number}\n")
        terminal.wait(lambda screen: GRADING_SHOWN in screen)
        start = terminal.keys("?")
        times.append(terminal.wait(lambda screen: HELP_SHOWN in screen) - start)
        terminal.keys("Escape")
        terminal.wait(lambda screen: HELP_SHOWN not in screen)
        terminal.keys("Escape")
        terminal.wait(lambda screen: "ancelled" in screen)
    return times


def cancels(terminal: Terminal, file: Path, runs: int) -> list[float]:
    """Return how long it took from esc until the program says that nothing is graded any more."""
    times = []
    for number in range(runs):
        save(file, f"{ENDLESS}# esc {number}\n")
        terminal.wait(lambda screen: GRADING_SHOWN in screen)
        start = terminal.keys("Escape")
        times.append(terminal.wait(lambda screen: "ancelled" in screen) - start)
    return times


def standing(pid: int) -> None:
    """Print memory and idle processor time of the program."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    memory = int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024
    print(f"{'memory of the program, at its peak':<58} {memory:.0f} MiB   aim <= 80")
    before, written = spent(pid), output(pid)
    time.sleep(10)
    share = (spent(pid) - before) / 10
    print(f"{'processor while idle':<58} {100 * share:.2f} %   aim < 1")
    print(f"{'bytes written to disk while idle':<58} {output(pid) - written}   aim 0")


def spent(pid: int) -> float:
    """Return the processor seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def output(pid: int) -> int:
    """Return the bytes that a process has sent to disks."""
    told = Path(f"/proc/{pid}/io").read_text(encoding="ascii")
    return int(re.search(r"^write_bytes: (\d+)", told, re.MULTILINE)[1])


def save(file: Path, text: str) -> float:
    """Save as most editors do, by renaming, and return when."""
    draft = file.with_name(f".{file.name}.swp")
    draft.write_text(text, encoding="utf-8")
    start = time.perf_counter()
    draft.replace(file)
    return start


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        warm_check(place, asked.runs)
        first_paint(place, asked.runs)
        in_use(place, asked.runs)


if __name__ == "__main__":
    main()
