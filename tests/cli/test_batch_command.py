"""Grading a class with one command: killed, interrupted, repeated and misused."""

from __future__ import annotations

import csv
import fcntl
import json
import os
import pty
import random
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from typing import TYPE_CHECKING, Protocol

import pytest

from grader.batch.store import FILE_NAME, Store
from grader.cli.screen import columns_of
from tests.batch.classroom import RIGHT, WRONG, write_class
from tests.warm.conftest import CHECKS, write_small
from tests.warm.processes import becomes_true, below, is_alive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import RunGrader

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc about processes")
SLOW = b"import time\ndef f(x):\n    time.sleep(0.3)\n    return x * 2\n"
SEQUENCES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")


class Start(Protocol):
    """Starts `grader` with arguments and does not wait for it."""

    def __call__(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """Do it."""
        ...


@pytest.fixture
def course_root(tmp_path: Path) -> Path:
    """Return a course of one exercise that doubles."""
    return write_small(tmp_path / "school").root


@pytest.fixture
def start(home: Path, course_root: Path, environment: dict[str, str]) -> Start:
    """Return a function that starts `grader` on the course of the test."""

    def begin(*arguments: str | Path) -> subprocess.Popen[str]:
        words = [sys.executable, "-m", "grader", "--course", str(course_root), *map(str, arguments)]
        pipe = subprocess.PIPE
        return subprocess.Popen(words, cwd=home, env=environment, stdout=pipe, stderr=pipe, encoding="utf-8")

    return begin


def class_of(home: Path, **sources: bytes) -> Path:
    """Write one file for each student, and return the folder."""
    return write_class(home / "class", {f"{name}/ex01_double.py": text for name, text in sources.items()})


def grades(home: Path, out: str = "out") -> list[dict[str, str]]:
    """Return the rows of grades.csv without their times."""
    with (home / out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return [{name: cell for name, cell in row.items() if name != "seconds"} for row in csv.DictReader(file)]


def to_grade(said: str) -> int:
    """Return how many files a run says that are to be graded."""
    found = re.search(r"To grade: (\d+)", said)
    assert found is not None, said
    return int(found[1])


def verdicts_in(out: Path) -> int:
    """Return how many verdicts are kept."""
    if not (out / FILE_NAME).exists():
        return 0
    with Store(out / FILE_NAME) as store:
        return sum(kept.report is not None for kept in store.kept())


def test_a_class_is_graded_as_each_file_alone(run_grader: RunGrader, home: Path) -> None:
    """The scores are those of `grader check`; standard output holds the summary, the rest goes to standard error."""
    sources = {"amy": RIGHT, "bo": WRONG, "cy": b"def f(x):\n    return x +\n", "di": b"def f(x):\n    return x\n"}
    folder = class_of(home, **sources)
    (folder / "amy" / "essay.pdf").write_bytes(b"%PDF")
    done = run_grader("batch", folder, "--out", "out", "--seed", "11")
    assert done.returncode == 0, done.stderr
    rows = grades(home)
    assert [row["student"] for row in rows] == list(sources)
    for row in rows:
        checked = run_grader("check", folder / row["student"] / "ex01_double.py", "--seed", "11", "--json")
        alone = json.loads(checked.stdout)
        alone = alone[0] if isinstance(alone, list) else alone
        assert (row["status"], float(row["score"]), row["seed"]) == (alone["status"], alone["score"], "11")
    assert "passed 1" in done.stdout
    assert "out/report.html" in done.stdout
    assert "graded" not in done.stdout.replace("gradebook", "")
    assert to_grade(done.stderr) == 4
    assert "essay.pdf" in done.stdout
    assert sorted(each.name for each in (home / "out").iterdir()) == [
        ".lock",
        ".written",
        "feedback",
        "gradebook.csv",
        "grades.csv",
        "junit.xml",
        "report.html",
        "results.db",
        "results.jsonl",
    ]


def test_only_what_changed_is_graded_again(run_grader: RunGrader, home: Path, course_root: Path) -> None:
    """A file, one that it imports, the checks and the seed count; others' files, hints and tasks do not."""
    folder = class_of(home, amy=b"from mine import f\n", bo=WRONG, cy=RIGHT)
    (folder / "amy" / "mine.py").write_bytes(RIGHT)
    exercise = course_root / "ex01_double"

    def again(*options: str) -> int:
        done = run_grader("batch", folder, "--out", "out", *options)
        assert done.returncode == 0, done.stderr
        return to_grade(done.stderr)

    assert again() == 3
    before = grades(home)
    assert again() == 0
    assert grades(home) == before
    (exercise / "hints.toml").write_text((exercise / "hints.toml").read_text(encoding="utf-8") + "\n", encoding="utf-8")
    (exercise / "task.en.md").write_text("# Mended\n", encoding="utf-8")
    (folder / "bo" / "ex01_double.py").write_bytes(RIGHT)
    assert again() == 1
    (folder / "amy" / "mine.py").write_bytes(WRONG)
    assert again() == 1
    assert [row["status"] for row in grades(home)] == ["failed", "passed", "passed"]
    (exercise / "checks.py").write_text(CHECKS + "\n", encoding="utf-8")
    assert again() == 3
    assert again("--seed", "3") == 3
    # The seed of the last run is that of the next.
    assert again() == 0


def test_files_are_written_anew_only_where_something_changed(run_grader: RunGrader, home: Path) -> None:
    """A rerun leaves them alone, unless one was touched, is gone, or is to be in another language."""
    folder = class_of(home, amy=WRONG, bo=RIGHT)
    out = home / "out"

    def is_written(*options: str) -> bool:
        before = (out / "gradebook.csv").stat().st_ino
        done = run_grader("batch", folder, "--out", "out", *options)
        assert done.returncode == 0, done.stderr
        assert "out/report.html" in done.stdout
        is_new = (out / "gradebook.csv").stat().st_ino != before
        assert is_new == ("Nothing has changed" not in done.stderr) or "--lang" in options
        return is_new

    assert run_grader("batch", folder, "--out", "out").returncode == 0
    assert not is_written()
    (out / "grades.csv").write_bytes(b"spoilt")
    assert is_written()
    assert [row["score"] for row in grades(home)] == ["3.3333", "10"]
    assert run_grader("grade", "set", "amy", "ex1", "7", "--why", "by mail", "--out", "out").returncode == 0
    assert [row["score"] for row in grades(home)] == ["7", "10"]
    assert not is_written()
    (out / "feedback" / "bo.md").unlink()
    assert is_written()
    assert (out / "feedback" / "bo.md").exists()
    assert is_written("--lang", "zh")
    assert not is_written("--lang", "zh")


def test_who_vanishes_and_comes_back(run_grader: RunGrader, home: Path) -> None:
    """Exports hold who is there now; an override waits for its student."""
    folder = class_of(home, amy=WRONG, bo=RIGHT)
    assert run_grader("batch", folder, "--out", "out").returncode == 0
    assert run_grader("grade", "set", "amy", "ex1", "7", "--why", "by mail", "--out", "out").returncode == 0
    shutil.move(folder / "amy", home / "amy")
    assert run_grader("batch", folder, "--out", "out").returncode == 0
    assert [row["student"] for row in grades(home)] == ["bo"]
    assert sorted(each.name for each in (home / "out" / "feedback").iterdir()) == ["bo.html", "bo.md"]
    shutil.move(home / "amy", folder / "amy")
    done = run_grader("batch", folder, "--out", "out")
    assert to_grade(done.stderr) == 0
    assert [(row["student"], row["score"]) for row in grades(home)] == [("amy", "7"), ("bo", "10")]


def test_kill_at_any_moment_loses_nothing_that_was_reached(run_grader: RunGrader, start: Start, home: Path) -> None:
    """Killed again and again, the class ends with the grades of a run that nobody disturbed, and no process is left."""
    sources = {f"s{nth:02}": (SLOW, WRONG, RIGHT)[nth % 3] for nth in range(24)}
    folder = class_of(home, **sources)
    assert run_grader("batch", folder, "--out", "calm", "--seed", "5").returncode == 0
    moments = random.Random(20)  # noqa: S311 - moments, not secrets
    kept = 0
    left: set[int] = set()
    for enough in (0, 1, 6, 12):
        run = start("batch", folder, "--out", "out", "--seed", "5", "--jobs", "2")
        deadline = time.monotonic() + 60
        while verdicts_in(home / "out") < enough and run.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(moments.random())
        left |= below(run.pid)
        run.kill()
        run.communicate()
        now = verdicts_in(home / "out")
        assert now >= max(kept, enough)
        kept = now
    assert becomes_true(lambda: not any(map(is_alive, left)))
    done = run_grader("batch", folder, "--out", "out", "--seed", "5")
    assert done.returncode == 0
    assert to_grade(done.stderr) == len(sources) - kept
    assert grades(home) == grades(home, "calm")
    assert {each.name for each in (home / "out").iterdir()} == {each.name for each in (home / "calm").iterdir()}


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_it_cleanly(
    run_grader: RunGrader, start: Start, home: Path, number: signal.Signals, status: int
) -> None:
    """It says what is kept and how to go on, and leaves neither process nor file."""
    folder = class_of(home, **{f"s{nth:02}": SLOW for nth in range(20)})
    run = start("batch", folder, "--out", "out", "--jobs", "2")
    assert becomes_true(lambda: verdicts_in(home / "out") >= 2)
    processes = below(run.pid)
    run.send_signal(number)
    out, said = run.communicate(timeout=30)
    assert run.returncode == status
    assert out == ""
    assert "the same command goes on" in said
    assert "Traceback" not in said
    assert not (home / "out" / ".grading").exists()
    assert becomes_true(lambda: not any(map(is_alive, processes)))
    done = run_grader("batch", folder, "--out", "out")
    assert 0 < to_grade(done.stderr) < 20
    assert done.returncode == 0


def test_two_runs_do_not_share_a_folder(run_grader: RunGrader, start: Start, home: Path) -> None:
    """The second is refused and harms nothing; grades cannot be set meanwhile, and can be listed."""
    folder = class_of(home, **{f"s{nth:02}": SLOW for nth in range(12)})
    first = start("batch", folder, "--out", "out", "--jobs", "1")
    assert becomes_true(lambda: verdicts_in(home / "out") >= 1)
    second = run_grader("batch", folder, "--out", "out")
    override = run_grader("grade", "set", "s00", "ex1", "1", "--why", "x", "--out", "out")
    listed = run_grader("grade", "list", "--out", "out")
    out, said = first.communicate(timeout=60)
    assert (second.returncode, override.returncode, listed.returncode) == (2, 2, 0)
    assert "Another run" in second.stderr
    assert "Another run" in override.stderr
    assert first.returncode == 0, said
    assert "passed 12" in out


def test_a_course_that_is_broken_costs_nobody_a_grade(run_grader: RunGrader, home: Path, course_root: Path) -> None:
    """Each file is a fault without a score, said in the summary, and graded by the run after the course was mended."""
    folder = class_of(home, amy=RIGHT, bo=WRONG)
    checks = course_root / "ex01_double" / "checks.py"
    checks.write_text("import nothing_like_this\n", encoding="utf-8")
    for _ in range(2):
        done = run_grader("batch", folder, "--out", "out")
        assert done.returncode == 1
        assert "not the student's (2)" in done.stdout
        assert "nothing_like_this" in done.stdout
        assert [(row["status"], row["score"]) for row in grades(home)] == [("crashed", "")] * 2
        assert to_grade(done.stderr) == 2
    checks.write_text(CHECKS, encoding="utf-8")
    assert run_grader("batch", folder, "--out", "out").returncode == 0
    assert [row["status"] for row in grades(home)] == ["passed", "failed"]


def block(out: Path) -> None:
    """Put a file where the folder should be."""
    out.write_bytes(b"")


def damage(out: Path) -> None:
    """Put something that is no database where the results are."""
    out.mkdir()
    (out / FILE_NAME).write_bytes(b"not a database at all" * 100)


def link(out: Path) -> None:
    """Let the results be a link."""
    out.mkdir()
    (out / FILE_NAME).symlink_to("elsewhere.db")


def occupy(out: Path) -> None:
    """Let a file stand where files under way would lie."""
    out.mkdir()
    (out / ".grading").symlink_to("/")


@pytest.mark.parametrize("spoil", [block, damage, link, occupy])
def test_a_folder_that_cannot_be_used_is_said(run_grader: RunGrader, home: Path, spoil: Callable[[Path], None]) -> None:
    """Exit status 2, one message that names the place, and nothing graded or changed."""
    out = home / "out"
    spoil(out)
    before = {path: path.read_bytes() for path in out.iterdir() if path.is_file()} if out.is_dir() else {}
    done = run_grader("batch", class_of(home, amy=RIGHT), "--out", "out")
    assert done.returncode == 2
    assert "out" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert all(path.read_bytes() == content for path, content in before.items())


def test_a_folder_without_permission_is_said(
    run_grader: RunGrader, home: Path, bound_by_permissions: tuple[str, ...]
) -> None:
    """The message says what to do about it."""
    (home / "out").mkdir(mode=0o500)
    done = run_grader("batch", class_of(home, amy=RIGHT), "--out", "out", prefix=bound_by_permissions)
    assert done.returncode == 2
    assert "permission" in done.stderr


def test_a_full_disk_loses_nothing(run_grader: RunGrader, home: Path) -> None:
    """The run ends with a message; with room again the same command ends well."""
    out = home / "out"
    out.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "x", out], capture_output=True, check=False
    ).returncode:
        pytest.skip("cannot mount a small file system")
    try:
        folder = class_of(home, **{f"s{nth:02}": RIGHT + b"#" * 3000 + str(nth).encode() for nth in range(40)})
        done = run_grader("batch", folder, "--out", "out")
        assert done.returncode == 2
        assert "full" in done.stderr
        assert "Traceback" not in done.stderr
        subprocess.run(["mount", "-o", "remount,size=64m", out], check=True)
        done = run_grader("batch", folder, "--out", "out")
        assert done.returncode == 0, done.stderr
        assert "passed 40" in done.stdout
    finally:
        subprocess.run(["umount", out], check=True)


def test_submissions_that_are_none_are_said(run_grader: RunGrader, home: Path) -> None:
    """A folder that is missing or empty, a file that is no archive: exit status 2, and no results."""
    (home / "empty").mkdir()
    (home / "essay.txt").write_text("dear teacher", encoding="utf-8")
    for name in ("missing", "empty", "essay.txt"):
        done = run_grader("batch", name, "--out", "out")
        assert done.returncode == 2, name
        assert name in done.stderr
    assert not (home / "out" / "grades.csv").exists()


def test_results_among_the_submissions_are_refused(run_grader: RunGrader, home: Path) -> None:
    """They would be a student of the next run."""
    folder = class_of(home, amy=RIGHT)
    for out in (folder, folder / "out"):
        done = run_grader("batch", folder, "--out", out)
        assert done.returncode == 2
        assert not (out / FILE_NAME).exists()


@pytest.mark.parametrize(
    ("exercises", "status"), [("ex1", 0), ("1,ex01_double, ex1,", 0), ("ex9", 2), ("", 2), (" , ", 2)]
)
def test_exercises_are_those_of_the_course(run_grader: RunGrader, home: Path, exercises: str, status: int) -> None:
    """In any order and however often; an unknown one or none at all is wrong use."""
    done = run_grader("batch", class_of(home, amy=RIGHT), "--out", "out", "--exercises", exercises)
    assert done.returncode == status, done.stderr
    if status == 0:
        assert [row["exercise"] for row in grades(home)] == ["ex1"]


@pytest.mark.parametrize("options", [("--jobs", "0"), ("--timeout", "0"), ("--timeout", "nan"), ("--seed", "-1")])
def test_options_that_mean_nothing_are_refused(run_grader: RunGrader, home: Path, options: tuple[str, ...]) -> None:
    """Before anything is written."""
    assert run_grader("batch", class_of(home, amy=RIGHT), "--out", "out", *options).returncode == 2
    assert not (home / "out").exists()


def test_a_time_limit_of_ones_own(run_grader: RunGrader, home: Path) -> None:
    """It holds for each check, and another limit grades again."""
    folder = class_of(home, amy=b"def f(x):\n    while True:\n        pass\n")
    done = run_grader("batch", folder, "--out", "out", "--timeout", "0.3")
    assert done.returncode == 0
    assert [row["status"] for row in grades(home)] == ["timeout"]
    (folder / "amy" / "ex01_double.py").write_bytes(RIGHT)
    assert to_grade(run_grader("batch", folder, "--out", "out", "--timeout", "5").stderr) == 1


def test_a_device_that_is_not_there_grades_nobody(run_grader: RunGrader, home: Path) -> None:
    """It is said once, not for each of a class, and verdicts of another device are kept."""
    import torch  # noqa: PLC0415 - only here

    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    folder = class_of(home, amy=RIGHT, bo=WRONG)
    assert run_grader("batch", folder, "--out", "out").returncode == 0
    done = run_grader("batch", folder, "--out", "out", "--device", "cuda")
    assert done.returncode == 2
    assert "no cuda" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 3
    assert to_grade(run_grader("batch", folder, "--out", "out").stderr) == 0


def test_it_speaks_chinese(run_grader: RunGrader, home: Path) -> None:
    """Progress, summary and help."""
    done = run_grader("--lang", "zh", "batch", class_of(home, amy=RIGHT, bo=WRONG), "--out", "out")
    assert done.returncode == 0
    assert "通过 1，未通过 1" in done.stdout
    assert "种子" in done.stderr
    assert "评分" in run_grader("batch", "--lang", "zh", "--help").stdout
    assert "--exercises" in run_grader("batch", "--help").stdout


def test_hostile_names_do_not_reach_the_terminal(run_grader: RunGrader, home: Path) -> None:
    """A student's name or message can neither move the cursor nor forge a line of the summary."""
    name = "eve\x1b[2J\nall 99 passed\u202e"
    folder = class_of(home, **{name: RIGHT, "=1+1": WRONG})
    (folder / name / "x\x1b[31m\ny.txt").write_bytes(b"")
    done = run_grader("batch", folder, "--out", "out")
    assert done.returncode == 0
    for text in (done.stdout, done.stderr):
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert not any(line.startswith(("all 99", "y.txt")) for line in text.splitlines())
    assert len(grades(home)) == 2


@pytest.mark.parametrize(("columns", "lang"), [(80, "en"), (40, "en"), (40, "zh")])
def test_a_terminal_shows_a_live_table(
    home: Path, course_root: Path, environment: dict[str, str], columns: int, lang: str
) -> None:
    """A bar and counts by status that stay within its width, and a cursor that is given back."""
    folder = class_of(home, amy=RIGHT, bo=WRONG, cy=b"def f(x):\n    return 1 / 0\n")
    near, far = pty.openpty()
    fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", 12, columns, 0, 0))
    words = [sys.executable, "-m", "grader", "--course", str(course_root), "--lang", lang]
    run = subprocess.Popen(
        [*words, "batch", folder, "--out", "out"],
        cwd=home,
        env=environment | {"TERM": "xterm-256color"},
        stdin=far,
        stdout=subprocess.PIPE,
        stderr=far,
    )
    os.close(far)
    data = b""
    while select.select([near], [], [], 60)[0]:
        try:
            data += os.read(near, 65536)
        except OSError:
            break
    os.close(near)
    run.communicate(timeout=30)
    assert run.returncode == 0
    text = data.decode("utf-8")
    assert text.rfind("\x1b[?25h") > text.rfind("\x1b[?25l") >= 0
    rows = [row.rstrip() for row in re.split(r"[\r\n]+", SEQUENCES.sub("", text))]
    assert "█" * 30 in "".join(rows)
    assert any("✓" in row for row in rows)
    assert [row for row in rows if columns_of(row) > columns and not row.startswith(("Writing", "正在"))] == []
