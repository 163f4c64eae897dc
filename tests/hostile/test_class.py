"""A class of attackers, graded by one run of the command: each gets its row, and nobody else notices."""

# ruff: noqa: S108 - where attackers may have left a mark

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.model import Status
from tests.hostile.attacks import (
    CANARY,
    NAMES,
    RIGHT,
    SECRET,
    SQUARED,
    STUB,
    SYSV_KEY,
    Attack,
    Targets,
    attacks,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

pytestmark = pytest.mark.xdist_group("class")

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FILE = "ex01_double.py"
HONEST = {"right": RIGHT, "squared": SQUARED, "untouched": STUB}
HONEST_EVERY = 9
SEED = "7"
WALL_S = "4"
NOWHERE = Path("/nowhere")
# The names alone; the sources need a class to attack.
TITLES = [each.name for each in attacks(Targets(*[NOWHERE] * 6, 1, NOWHERE, ""))]


@dataclass(frozen=True)
class Run:
    """What the command did to a class."""

    status: int
    said: str
    out: Path
    outlived: Mapping[str, list[int]]

    def results(self) -> dict[str, dict[str, Any]]:
        """Return the lines of results.jsonl, by the student's id."""
        lines = (self.out / "results.jsonl").read_text(encoding="utf-8").splitlines()
        return {line["student"]: line for line in map(json.loads, lines)}


@dataclass(frozen=True)
class Class:
    """A class of attackers after it was graded, with what lay beside it before and after."""

    at: Targets
    sources: Mapping[str, Attack]
    run: Run
    before: Mapping[str, str]
    after: Mapping[str, str]
    listening: tuple[socket.socket, ...]
    scratch: Path


@pytest.fixture(autouse=True)
def honest_code_still_passes() -> None:
    """Do nothing: here honest submissions lie between the others."""


def grade_class(submissions: Path, out: Path, at: Targets, scratch: Path) -> Run:
    """Run the command as a user would, with a secret in its environment."""
    outlived = out.with_name(f"{out.name}.outlived.json")
    grader = Path(sys.executable).with_name("grader")
    command = [sys.executable, HERE / "reaper.py", outlived, grader, "--course", at.course, "batch", submissions]
    command += ["--out", out, "--jobs", "2", "--timeout", WALL_S, "--seed", SEED]
    environment = {**os.environ, "HOME": str(at.home), "TMPDIR": str(scratch), "LC_ALL": "C.UTF-8"}
    # Where matplotlib, which draws the report, keeps its list of fonts.
    environment["MPLCONFIGDIR"] = str(out.with_name("matplotlib"))
    environment |= {"GRADER_TOKEN": SECRET, "AWS_SECRET_ACCESS_KEY": SECRET}
    environment.pop("COVERAGE_PROCESS_START", None)
    done = subprocess.run(
        list(map(os.fspath, command)), env=environment, cwd=at.home, capture_output=True, timeout=300, check=False
    )
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    return Run(done.returncode, said, out, json.loads(outlived.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def hostile_class(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    """Grade the whole class once, and keep what lay around it under watch."""
    root = tmp_path_factory.mktemp("class")
    home, scratch, course = root / "home", root / "tmp", root / "course"
    for folder in (home, scratch):
        folder.mkdir()
    shutil.copytree(HERE / "course", course, ignore=shutil.ignore_patterns("__pycache__"))
    (home / "diary.txt").write_text("nobody reads this", encoding="utf-8")
    submissions = root / "submissions"
    abstract = f"\0{CANARY}-{os.getpid()}"
    with socket.socket() as tcp, socket.socket(socket.AF_UNIX) as unix, socket.socket(socket.AF_UNIX) as hidden:
        tcp.bind(("127.0.0.1", 0))
        unix.bind(str(root / "socket"))
        hidden.bind(abstract)
        for each in (tcp, unix, hidden):
            each.listen()
            each.setblocking(False)
        at = Targets(
            submissions=submissions,
            out=root / "out",
            course=course,
            checkout=ROOT,
            home=home,
            honest=submissions / "000-right" / FILE,
            port=tcp.getsockname()[1],
            unix=root / "socket",
            abstract=abstract,
        )
        sources = hand_in(at)
        watched = (submissions, home, course)
        before = contents(*watched)
        run = grade_class(submissions, at.out, at, scratch)
        yield Class(at, sources, run, before, contents(*watched), (tcp, unix, hidden), scratch)


def hand_in(at: Targets) -> dict[str, Attack]:
    """Write the submissions, honest ones between them, and return the attacks by student."""
    put(at.submissions / "000-right", RIGHT.encode())
    by_student = {}
    for nth, attack in enumerate(attacks(at), 1):
        student = f"{nth:03d}-{attack.name}"
        by_student[student] = attack
        put(at.submissions / student, attack.source)
        for name, source in attack.beside:
            (at.submissions / student / name).write_text(source, encoding="utf-8")
        if nth % HONEST_EVERY == 0:
            for name, source in HONEST.items():
                put(at.submissions / f"{nth:03d}-~{name}", source.encode())
    for nth, name in enumerate(NAMES):
        put(Path(os.fsdecode(os.fsencode(at.submissions) + b"/" + name)), f"{RIGHT}# name {nth}\n".encode())
    hand_in_no_files(at)
    return by_student


def hand_in_no_files(at: Targets) -> None:
    """Write what is no plain file that everybody may read."""
    for name in ("links-to-another", "links-to-the-solution", "pipe", "folder", "unreadable", "dangling"):
        (at.submissions / f"900-{name}").mkdir()
    (at.submissions / "900-links-to-another" / FILE).symlink_to(at.honest)
    (at.submissions / "900-links-to-the-solution" / FILE).symlink_to(at.course / "solutions" / FILE)
    (at.submissions / "900-dangling" / FILE).symlink_to("/nowhere")
    os.mkfifo(at.submissions / "900-pipe" / FILE)
    (at.submissions / "900-folder" / FILE).mkdir()
    unreadable = at.submissions / "900-unreadable" / FILE
    unreadable.write_text("def double(x):\n    return x\n", encoding="utf-8")
    unreadable.chmod(0)


def put(folder: Path, source: bytes) -> None:
    """Make a submission of one file."""
    folder.mkdir(parents=True)
    (folder / FILE).write_bytes(source)


def contents(*folders: Path) -> dict[str, str]:
    """Return what lies in the folders: modes, times and hashes by path."""
    found = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            state = path.lstat()
            readable = path.is_file() and not path.is_symlink() and os.access(path, os.R_OK)
            digest = hashlib.sha256(path.read_bytes()).hexdigest() if readable else ""
            found[os.fsencode(path).hex()] = f"{state.st_mode:o} {state.st_mtime_ns} {digest}"
    return found


@pytest.mark.parametrize("title", TITLES)
def test_each_attack_gets_its_row(hostile_class: Class, title: str) -> None:
    """Its status is the one that is due, its score less than all, its message plain and to the point."""
    student, attack = next(each for each in hostile_class.sources.items() if each[1].name == title)
    result = hostile_class.run.results()[student]
    checks = result["report"]["checks"] if result["report"] else ()
    told = "\n".join([result["message"], *(check["message"] + check["output"] for check in checks)])
    assert Status(result["status"]) in attack.statuses, told
    assert result["score"] < result["max_score"] == 4
    assert not result["is_fault"]
    assert result["sandbox"] == ("full" if checks else "")
    assert result["message"]
    for word in attack.words:
        assert word in told
    assert not {each for each in told if not each.isprintable()} - {"\n", "\t"}
    assert not set(told) & {"\u202e", "\x1b"}


def test_there_are_enough_of_them() -> None:
    """A class of attackers has at least forty, each with a name of its own."""
    assert len(set(TITLES)) == len(TITLES) >= 40


@pytest.mark.parametrize("name", range(len(NAMES)), ids=[ascii(name)[:40] for name in NAMES])
def test_hostile_names_are_neutralised_and_graded(hostile_class: Class, name: int) -> None:
    """A student may be called anything: the work is graded, and no name is a formula, a control or markup."""
    digest = hashlib.sha256(f"{RIGHT}# name {name}\n".encode()).hexdigest()
    (result,) = (each for each in hostile_class.run.results().values() if each["sha256"] == digest)
    assert (result["status"], result["score"]) == ("passed", 4)
    assert result["student"].isprintable()
    page = (hostile_class.at.out / "report.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_no_cell_is_a_formula(hostile_class: Class) -> None:
    """No cell of a table begins as a formula does, and no file of the run holds a control character."""
    for name in ("grades.csv", "gradebook.csv"):
        text = (hostile_class.at.out / name).read_text(encoding="utf-8-sig")
        cells = [cell.strip('"') for line in text.splitlines() for cell in line.split(",")]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "-", "\t"))]
        assert "\x1b" not in text
        assert "\u202e" not in text


@pytest.mark.parametrize(
    ("student", "status"),
    [
        ("900-links-to-another", "error"),
        ("900-links-to-the-solution", "error"),
        ("900-dangling", "error"),
        ("900-pipe", "error"),
        ("900-folder", "missing"),
        ("900-unreadable", "failed" if os.geteuid() == 0 else "error"),
    ],
)
def test_what_is_no_plain_file(hostile_class: Class, student: str, status: str) -> None:
    """Links are not followed, pipes not opened; each has a row that says why."""
    result = hostile_class.run.results()[student]
    assert (result["status"], result["score"]) == (status, 0)
    assert result["message"]


def test_honest_submissions_fare_as_if_alone(hostile_class: Class, tmp_path: Path) -> None:
    """Right, wrong and untouched work between attackers gets the very report that it gets by itself."""
    submissions = tmp_path / "submissions"
    for name, source in HONEST.items():
        put(submissions / name, source.encode())
    alone = grade_class(submissions, tmp_path / "out", hostile_class.at, hostile_class.scratch)
    assert alone.status == 0
    expected = {student: essence(result) for student, result in alone.results().items()}
    assert [expected[name][:3] for name in HONEST] == [
        ("passed", 4, ""),
        ("failed", 0, "squared"),
        ("not_started", 0, ""),
    ]
    crowd = hostile_class.run.results()
    seen = {student: essence(result) for student, result in crowd.items() if "~" in student and student[:3].isdigit()}
    assert len(seen) >= 3 * (len(TITLES) // HONEST_EVERY)
    for student, fared in seen.items():
        assert fared == expected[student.partition("~")[2]], student
    assert crowd["000-right"]["status"] == "passed"


def essence(result: Mapping[str, Any]) -> tuple[object, ...]:
    """Return what must not depend on the company: all but names and times."""
    checks = [
        tuple(check[key] for key in ("name", "status", "score", "message", "mistake", "output"))
        for check in result["report"]["checks"]
    ]
    return (result["status"], result["score"], result["mistake"], result["message"], tuple(checks), result["notes"])


def test_the_run_is_complete(hostile_class: Class) -> None:
    """Every file has a verdict, none is the grader's fault, and the command says so."""
    assert hostile_class.run.status == 0, hostile_class.run.said
    assert not {each for each in hostile_class.run.said if not each.isprintable()} - {"\n"}
    assert "Traceback" not in hostile_class.run.said


def test_nothing_around_was_touched(hostile_class: Class) -> None:
    """Submissions, home and course are as they were, to the nanosecond."""
    assert hostile_class.after == hostile_class.before


def test_nobody_called(hostile_class: Class) -> None:
    """No TCP, Unix or abstract socket that listened heard anything."""
    for each in hostile_class.listening:
        with pytest.raises(BlockingIOError):
            each.accept()


def test_no_process_outlives_the_command(hostile_class: Class) -> None:
    """When the command has ended, so has everything that it started."""
    assert hostile_class.run.outlived == {"at_once": [], "left": []}


def test_no_file_or_shared_memory_is_left(hostile_class: Class) -> None:
    """Nothing is left in the temporary folder, the staging folder gone, shared memory without a mark."""
    # torch makes an empty folder of this name wherever it is imported.
    left = [path for path in hostile_class.scratch.rglob("*") if not path.name.startswith("torchinductor_")]
    assert left == []
    assert not (hostile_class.at.out / ".grading").exists()
    marks = [
        *Path("/dev/shm").glob(f"*{CANARY}*"),
        *Path("/tmp").glob(CANARY),
        *Path("/var/tmp").glob(CANARY),
        *hostile_class.at.submissions.parent.rglob(f"{CANARY}*"),
    ]
    assert marks == []
    for kind in ("shm", "sem", "msg"):
        keys = [line.split()[0] for line in Path(f"/proc/sysvipc/{kind}").read_text(encoding="utf-8").splitlines()]
        assert str(SYSV_KEY) not in keys


def test_the_secret_is_nowhere(hostile_class: Class) -> None:
    """What the command's environment holds is in no file of the run, nor in what it said."""
    assert SECRET not in hostile_class.run.said
    for path in hostile_class.at.out.rglob("*"):
        assert path.is_dir() or SECRET.encode() not in path.read_bytes(), path


def test_running_again_grades_nothing(hostile_class: Class) -> None:
    """The same command again keeps every verdict, and writes the same results."""
    before = verdicts(hostile_class.at.out), hostile_class.run.results()
    again = grade_class(hostile_class.at.submissions, hostile_class.at.out, hostile_class.at, hostile_class.scratch)
    assert again.status == 0
    assert "To grade: 0." in again.said
    assert (verdicts(hostile_class.at.out), again.results()) == before


def verdicts(out: Path) -> list[tuple[object, ...]]:
    """Return all verdicts that are kept, with the time of each."""
    with closing(sqlite3.connect(out / "results.db")) as database:
        return database.execute("SELECT * FROM verdicts ORDER BY student, exercise").fetchall()
