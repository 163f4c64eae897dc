"""Nothing worth stealing is within a worker's reach: no expected value, solution, check or secret."""

# ruff: noqa: E501, S108 - files under test are written in long lines

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec

from tests.hostile.conftest import COURSE
from tests.hostile.verdicts import Verdict, said

ROOT = Path(__file__).resolve().parents[2]
GRADE = """
import sys
from pathlib import Path
import msgspec
from grader.course import load_course
from grader.model import GradeOptions, GradeRequest
from grader.worker.preload import preload
preload(())
from grader.judge.session import grade_all
course = load_course(Path(sys.argv[1]))
options = GradeOptions(course=course, seed=1, lang="en", device="cpu")
requests = [GradeRequest(course.exercises[0], Path(file)) for file in sys.argv[2:]]
for graded in grade_all(requests, options=options):
    print(msgspec.json.encode(graded.report).decode())
"""
# Walks through all memory that can be read: write(2) says EFAULT where a
# read would kill. The needles are patterns, so as not to find themselves.
SCAN = """
import ctypes, fcntl, gc, os, re
libc = ctypes.CDLL(None)
libc.write.argtypes, libc.write.restype = (ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t), ctypes.c_ssize_t
reader, writer = os.pipe()
PAGE, CHUNK = 4096, 1 << 20
fcntl.fcntl(writer, 1031, CHUNK)

def scan(needles):
    patterns = {name: re.compile(needle) for name, needle in needles.items()}
    libc.sbrk.restype = ctypes.c_void_p
    seeds = {id(each) >> 26 for each in gc.get_objects()} | {id(scan.__code__) >> 26}
    seeds |= {(libc.sbrk(0) - 1) >> 26, ctypes.addressof(ctypes.c_char()) >> 26, id(None) >> 26}
    environ = ctypes.c_void_p.in_dll(libc, "environ").value or 0
    seeds |= {environ >> 26, (environ >> 26) + 1, ctypes.cast(libc.getenv, ctypes.c_void_p).value >> 26}
    stack = ctypes.c_void_p.in_dll(libc, "__libc_stack_end").value if hasattr(libc, "__libc_stack_end") else 0
    seeds |= {stack >> 26, (stack >> 26) - 1}
    pages, found = 0, set()
    for seed in {s + d for s in seeds for d in (-1, 0, 1)}:
        place, last = max(seed << 26, PAGE), b""
        while place < (seed + 1) << 26:
            size = libc.write(writer, place, CHUNK)
            if size <= 0:
                place, last = place + PAGE, b""
                continue
            data = last[-64:] + os.read(reader, size)
            found.update(name for name, needle in patterns.items() if needle.search(data))
            place, last, pages = place + size, data, pages + size // PAGE
    return pages, found
"""


def grade(*files: Path, secret: str = "") -> list[dict[str, object]]:
    """Grade files in a process of its own, as the command does, with a secret in its environment."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if secret:
        environment |= {"GRADER_TOKEN": secret, "AWS_SECRET_ACCESS_KEY": secret}
    command = [sys.executable, "-c", GRADE, str(COURSE), *map(str, files)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return [msgspec.json.decode(line, type=dict[str, object]) for line in done.stdout.splitlines()]


def outputs(report: dict[str, object]) -> list[str]:
    """Return what each check's worker printed."""
    return [check["output"] for check in report["checks"]]  # type: ignore[attr-defined]


def test_memory_holds_no_secret(tmp_path: Path) -> None:
    """A worker's memory holds no secret variable, no line of checks or solution, and nothing another student printed."""
    secret = "kingfisher-" + "0123456789-secret"
    spy = tmp_path / "a" / "ex01_double.py"
    spy.parent.mkdir()
    spy.write_text(
        SCAN
        + """
kept = "-".join(("wryneck", "marker"))
pages, found = scan({
    "secret": rb"kingfisher[-]0123456789-secret",
    "checks": rb"nightjar[-]checks",
    "title": rb"Each element[ ]is doubled",
    "solution": rb"nightjar[-]solution",
    "mistakes": rb"It is[ ]squared",
    "printed": rb"bittern[-]printed",
    "marker": rb"wryneck[-]marker",
})
print(pages > 1000, *sorted(found))
def double(x):
    return 2 * x
""",
        encoding="utf-8",
    )
    honest = tmp_path / "b" / "ex01_double.py"
    honest.parent.mkdir()
    honest.write_text("def double(x):\n    return 2 * x\n", encoding="utf-8")
    talker = tmp_path / "c" / "ex01_double.py"
    talker.parent.mkdir()
    line = "def double(x):\n    print('bittern-printed\\n' * 2000)\n    return 2 * x\n"
    talker.write_text(line, encoding="utf-8")
    # The honest file comes first, so that the judge has checks and expected values in memory by then.
    reports = grade(honest, talker, spy, secret=secret)
    assert [report["passed"] for report in reports] == [True, True, True]
    assert "bittern-printed" in outputs(reports[1])[0]
    assert outputs(reports[2]) == ["True marker\n"] * 2


def test_environment_is_the_workers_own(verdict: Verdict) -> None:
    """The environment holds nothing of the grader's caller."""
    source = """
import os, ctypes
print(sorted(os.environ))
print([ctypes.CDLL(None).getenv(name) for name in (b"PATH", b"USER", b"PYTHONPATH", b"PYTEST_VERSION")])
def double(x):
    return 2 * x
"""
    lines = said(verdict(source)).splitlines()
    names = ["HOME", "LANG", "MPLBACKEND", "MPLCONFIGDIR", "OMP_NUM_THREADS", "TMPDIR", "XDG_CACHE_HOME"]
    assert lines == [str(names), "[0, 0, 0, 0]"]


def test_frames_and_objects(verdict: Verdict) -> None:
    """Neither frames nor garbage collector lead to checks, exercises, mistakes or expected values."""
    source = """
import gc, sys, types, torch
names = ("Grading", "CheckRun", "Transcript", "Exercise", "Course", "NamedMistake", "Draw", "Courier", "GradeRequest")
def look():
    found = set()
    for each in gc.get_objects():
        kind = type(each).__name__
        if kind in names and type(each).__module__.startswith("grader"):
            found.add(kind)
        if isinstance(each, types.FunctionType) and each.__name__.startswith("test_") and "nightjar" in str(each.__code__.co_consts):
            found.add(each.__name__)
    return found
def double(x):
    due = 2 * x
    for each in gc.get_objects():
        if type(each) is torch.Tensor and each is not x and each is not due and each.shape == x.shape and torch.equal(each, due):
            print("expected value found")
    return due
"""
    report = verdict(source)
    assert report.passed
    assert "expected value found" not in "".join(check.output for check in report.checks)


def test_checks_solution_and_grader_cannot_be_imported(verdict: Verdict) -> None:
    """The grader, the course and the solutions are on no path."""
    source = """
import importlib, sys
for name in ("grader", "grader.judge", "grader.worker.serve", "tests", "exercises", "solutions", "solutions.ex01_double",
             "ex01_double_solution", "checks", "ex01_double.checks", "mistakes", "tui", "conftest"):
    try:
        module = importlib.import_module(name)
    except ImportError:
        continue
    if getattr(module, "__file__", None):
        print("imported", name)
print([entry for entry in sys.path if "python3" not in entry])
def double(x):
    return 2 * x
"""
    assert said(verdict(source)) == "[]\n"


def test_paths_are_shut(verdict: Verdict, tmp_path: Path) -> None:
    """The course, the checkout, the home, /etc, /proc and the folders of others cannot be read or listed."""
    other = tmp_path / "another student" / "ex01_double.py"
    other.parent.mkdir()
    other.write_text("canary", encoding="utf-8")
    paths: list[object] = [
        COURSE, COURSE / "exercises" / "ex01_double" / "checks.py", COURSE / "solutions" / "ex01_double.py",
        ROOT, ROOT / "pyproject.toml", ROOT / "grader" / "__init__.py", ROOT / "exercises", ROOT / ".git" / "config",
        ROOT / "grader" / "worker" / "__pycache__", other, other.parent, tmp_path, "/", "/etc/passwd", "/etc/hostname", "/etc",
        "/root", "/home", Path.home(), Path.home() / ".bashrc", "/tmp", "/var/tmp", "/dev", "/dev/shm", "/dev/mem",
        "/dev/tty", "/dev/random", "/proc", "/proc/self/environ", "/proc/self/maps", "/proc/self/mem", "/proc/self/fd", "/proc/1/cmdline",
        f"/proc/{os.getpid()}/environ", f"/proc/{os.getpid()}/mem", f"/proc/{os.getpid()}/fd", "/sys", "/run", "/var/log",
    ]  # fmt: skip
    source = f"""
import os
for path in {list(map(str, paths))!r}:
    for way in (lambda: open(path, "rb").read(1), lambda: os.listdir(path), lambda: os.open(path, os.O_RDONLY | os.O_DIRECTORY)):
        try:
            way()
        except OSError:
            continue
        print("read", path)
def double(x):
    return 2 * x
"""
    report = verdict(source)
    assert report.passed
    assert said(report) == ""


def test_site_packages_hold_no_course(verdict: Verdict) -> None:
    """A search of all folders on sys.path finds no checks, solution or module of the grader."""
    source = """
import os, sys
for top in {os.path.dirname(entry) for entry in sys.path} | set(sys.path):
    for folder, folders, files in os.walk(top):
        for name in files:
            if name in ("checks.py", "mistakes.py", "nursery.py") or "ex01_double" in name:
                try:
                    open(os.path.join(folder, name)).close()
                except OSError:
                    continue
                print(os.path.join(folder, name))
        if len(folder.split("/")) > 9:
            folders.clear()
def double(x):
    return 2 * x
"""
    assert said(verdict(source)) == ""
