"""Packages as the services unpack them."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import zipfile
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.batch.package import Settings, gradescope_files, write_zip
from grader.course import load_course

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[3]
SOLUTIONS = ROOT / "solutions"
EXERCISES = ROOT / "exercises"
RIGHT_1 = (SOLUTIONS / "ex01_synthetic_data.py").read_text(encoding="utf-8")
RIGHT_3 = (SOLUTIONS / "ex03_squared_loss.py").read_text(encoding="utf-8")
WRONG_3 = "def squared_loss(y_hat, y):\n    return (y_hat - y) ** 2 / 2\n"
STUB_3 = (EXERCISES / "ex03_squared_loss" / "stub.py").read_text(encoding="utf-8")
PATIENCE_S = 120.0
BOTH = Settings(exercises=("ex1", "ex3"))


def write_program(path: Path, text: str) -> None:
    """Write a shell script that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}", encoding="utf-8")
    path.chmod(0o755)


def as_python(path: Path) -> None:
    """Make `path` start the Python of the tests, and leave its process id beside it."""
    write_program(path, f'echo $$ >"{path}.pid"\nexec "{sys.executable}" "$@"\n')


def eventually(holds: Callable[[], bool]) -> bool:
    """Wait until something holds, and return whether it came to."""
    until_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < until_s:
        if holds():
            return True
        time.sleep(0.05)
    return False


def verdicts_in(scratch: Path) -> int:
    """Return how many verdicts a grader whose temporary folder is `scratch` has kept so far."""
    for file in scratch.glob("grading-*/results.db"):
        with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
            return int(db.execute("SELECT COUNT(*) FROM verdicts").fetchone()[0])
    return 0


class Autograder:
    """A folder as Gradescope's `/autograder`, with a package in it that was set up."""

    def __init__(self, root: Path, *, settings: Settings = BOTH, limit_s: int = 600) -> None:
        self.root = root
        self.scratch = root / "tmp"
        self.python = root / "gradlings" / "bin" / "python"
        for folder in ("source", "submission", "tmp"):
            (root / folder).mkdir(parents=True)
        archive = root.with_suffix(".zip")
        write_zip(gradescope_files(load_course(), settings, limit_s=limit_s), archive)
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(root / "source")
        shutil.copy(root / "source" / "run_autograder", root)
        (root / "run_autograder").chmod(0o755)
        as_python(self.python)
        self.tell(123456, "Ada L.")

    def tell(self, number: int, *names: str) -> None:
        """Write the metadata of a submission."""
        users = [{"id": nth, "name": name, "email": "a@example.org"} for nth, name in enumerate(names)]
        found = {"id": number, "users": users, "previous_submissions": [{"score": 0.0, "results": {}}]}
        (self.root / "submission_metadata.json").write_text(json.dumps(found), encoding="utf-8")

    def submit(self, **files: str) -> None:
        """Put files into the submission; `ex1` stands for `ex1.py`."""
        for name, text in files.items():
            (self.root / "submission" / f"{name}.py").write_text(text, encoding="utf-8")

    def start(self) -> subprocess.Popen[str]:
        """Start what Gradescope starts."""
        return subprocess.Popen(
            [self.root / "run_autograder"],
            cwd=self.root,
            env={**os.environ, "GRADESCOPE_ROOT": str(self.root), "TMPDIR": str(self.scratch)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self) -> dict[str, Any]:
        """Grade, and return the results."""
        with self.start() as process:
            self.said, _ = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0, self.said
        return self.results()

    def results(self) -> dict[str, Any]:
        """Return the results, which keep to Gradescope's rules."""
        found = json.loads((self.root / "results" / "results.json").read_text(encoding="utf-8"))
        require_results(found)
        return found

    def grading(self) -> int:
        """Return the process id of the grader, once it runs."""
        file = self.python.with_name("python.pid")
        assert eventually(lambda: file.is_file() and file.read_text(encoding="utf-8").strip() != "")
        return int(file.read_text(encoding="utf-8"))


VISIBILITIES = {"hidden", "after_due_date", "after_published", "visible"}
FORMATS = {"text", "html", "simple_format", "md", "ansi"}
TOP_KEYS = {
    "score",
    "execution_time",
    "output",
    "output_format",
    "test_output_format",
    "test_name_format",
    "visibility",
    "stdout_visibility",
    "extra_data",
    "tests",
    "leaderboard",
}
TEST_KEYS = {
    "score",
    "max_score",
    "status",
    "name",
    "name_format",
    "number",
    "output",
    "output_format",
    "tags",
    "visibility",
    "extra_data",
}


def require_results(found: dict[str, Any]) -> None:
    """Hold `results.json` to the specification of Gradescope."""
    assert set(found) <= TOP_KEYS
    assert isinstance(found["score"], float | int)
    assert isinstance(found["execution_time"], float | int)
    assert isinstance(found["output"], str)
    assert {found["visibility"], found["stdout_visibility"]} <= VISIBILITIES
    assert {found[f"{part}_format"] for part in ("output", "test_output", "test_name")} <= FORMATS
    for test in found["tests"]:
        assert set(test) <= TEST_KEYS
        assert all(isinstance(test[key], float | int) for key in ("score", "max_score") if key in test)
        assert all(isinstance(test[key], str) for key in ("name", "number", "output") if key in test)
        assert test["status"] in {"passed", "failed"}
        assert all(isinstance(tag, str) for tag in test.get("tags", ()))


def scores(found: dict[str, Any], exercise: str) -> float:
    """Return what the tests of one exercise add up to."""
    return sum(test.get("score", 0.0) for test in found["tests"] if exercise in test["tags"])


@pytest.fixture
def autograder(tmp_path: Path) -> Autograder:
    """Return a folder as Gradescope lays it out, for two exercises."""
    return Autograder(tmp_path / "autograder")
