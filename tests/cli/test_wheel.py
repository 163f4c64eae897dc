"""The wheel works outside the checkout: it carries the course, and what learner code may not read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the unpacked wheel, as an installer would lay it out."""
    built = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = built.glob("*.whl")
    place = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)
    return place


def grader(installed: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the wheel's command, and nothing of the checkout's."""
    environ = {**os.environ, "PYTHONPATH": str(installed), "GRADER_LANG": "en"}
    command = [sys.executable, "-P", "-m", "grader", *arguments]
    return subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, check=False)


def test_init_then_check_from_anywhere(installed: Path, tmp_path: Path) -> None:
    """`grader init`, an edit and `grader check ex1` work from an empty folder."""
    made = grader(installed, tmp_path, "init", "mine")
    assert made.returncode == 0, made.stderr
    workspace = tmp_path / "mine"
    assert grader(installed, workspace, "check", "ex1").returncode == 1
    solution = installed / "grader" / "_course" / "solutions" / "ex01_synthetic_data.py"
    (workspace / "ex01_synthetic_data.py").write_bytes(solution.read_bytes())
    graded = grader(installed, workspace, "check", "ex1", "--json")
    assert graded.returncode == 0, graded.stdout + graded.stderr
    assert json.loads(graded.stdout)["passed"] is True


def test_learner_code_cannot_read_the_installed_course(installed: Path, tmp_path: Path) -> None:
    """The installed solutions, checks and the grader itself are out of a worker's reach."""
    course = installed / "grader" / "_course"
    targets = [
        course / "solutions" / "ex03_squared_loss.py",
        course / "exercises" / "ex03_squared_loss" / "checks.py",
        installed / "grader" / "judge" / "session.py",
    ]
    assert all(target.is_file() for target in targets)
    answer = tmp_path / "ex03_squared_loss.py"
    for target in targets:
        answer.write_text(
            f"exec(open({str(target)!r}).read())\n"
            "def squared_loss(y_hat, y):\n    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2\n",
            encoding="utf-8",
        )
        report = json.loads(grader(installed, tmp_path, "check", "ex3", str(answer), "--json").stdout)
        assert report["passed"] is False
        assert report["sandbox"] != "full" or report["status"] == "error"
        assert report["sandbox"] != "full" or "PermissionError" in report["checks"][0]["message"]
