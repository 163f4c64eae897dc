"""Showing the course and the progress."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from grader.progress import Attempt, Progress

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import RunGrader


def record(home: Path, exercise: str, *, passed: bool, score: float, mistake: str | None = None) -> None:
    """Record an attempt in the workspace of `home`."""
    attempt = Attempt(
        exercise=exercise,
        passed=passed,
        status="passed" if passed else "failed",
        score=score,
        max_score=10,
        seed=1,
        seconds=0.1,
        mistake=mistake,
        sha256="0" * 64,
    )
    with Progress(home / "practice" / ".gradlings" / "progress.db", write=True) as progress:
        progress.record_attempt(attempt)


def test_no_arguments_show_list_and_next_step(run_grader: RunGrader) -> None:
    """`grader` alone is the list, then what to do."""
    done = run_grader()
    assert done.returncode == 0
    assert "Chapter 1. Beginnings" in done.stdout
    assert "Next: ex1 first_steps" in done.stdout
    assert "grader init" in done.stdout


def test_list_shows_how_far(run_grader: RunGrader, home: Path) -> None:
    """Each exercise has its standing as a word."""
    run_grader("init")
    record(home, "ex1", passed=True, score=10)
    record(home, "ex2", passed=False, score=5)
    lines = run_grader("list").stdout.splitlines()
    assert "1 of 3 passed" in lines
    words = [line.split()[:2] for line in lines if line.startswith("  ")]
    assert words == [["passed", "ex1"], ["attempted", "ex2"], ["not", "tried"]]


def test_list_needs_no_workspace_and_makes_none(run_grader: RunGrader, home: Path) -> None:
    """Looking changes nothing on the disk."""
    assert run_grader("list").returncode == 0
    assert not list(home.iterdir())


def test_show_prints_the_task_in_the_language(run_grader: RunGrader) -> None:
    """The task, its points and the way on."""
    assert "# Task of ex02_second_wind" in run_grader("show", "2").stdout
    assert "# ex02_second_wind 的题目" in run_grader("show", "second_wind", "--lang", "zh").stdout
    assert "# Task of ex01_first_steps" in run_grader("show").stdout


def test_next_skips_what_is_passed(run_grader: RunGrader, home: Path) -> None:
    """The next exercise is the first that is not passed, and its file is named."""
    run_grader("init")
    record(home, "ex1", passed=True, score=10)
    shown = run_grader("next").stdout
    assert "Next: ex2 second_wind" in shown
    assert "practice/ex02_second_wind.py" in shown


def test_next_after_the_last(run_grader: RunGrader, home: Path) -> None:
    """When all are passed, it says so; a check then has nothing to do."""
    run_grader("init")
    for exercise in ("ex1", "ex2", "ex3"):
        record(home, exercise, passed=True, score=10)
    assert "All exercises are passed" in run_grader("next").stdout
    done = run_grader("check", "--json")
    assert (done.returncode, done.stdout) == (0, "[]\n")


def test_progress_counts(run_grader: RunGrader, home: Path) -> None:
    """Points are the best share of each exercise; mistakes come with their counts."""
    run_grader("init")
    record(home, "ex1", passed=False, score=4, mistake="half")
    record(home, "ex1", passed=False, score=6, mistake="half")
    run_grader("hint", "ex1")
    report = json.loads(run_grader("progress", "--json").stdout)
    assert (report["passed"], report["total"], report["score"], report["max_score"]) == (0, 3, 6, 30)
    assert report["exercises"][0] == {
        "exercise": "ex1",
        "name": "first_steps",
        "status": "attempted",
        "attempts": 2,
        "score": 6,
        "max_score": 10,
        "hints": 1,
    }
    assert report["mistakes"] == [{"exercise": "ex1", "mistake": "half", "count": 2}]
    shown = run_grader("progress").stdout
    assert "0 of 3 exercises passed, 6 of 30 points." in shown
    assert "2x  ex1  half" in shown


def test_damaged_record_is_kept_and_said(run_grader: RunGrader, home: Path) -> None:
    """A broken database does not stop a command; what was there is kept."""
    run_grader("init")
    database = home / "practice" / ".gradlings" / "progress.db"
    database.write_bytes(b"broken" * 1000)
    done = run_grader("list")
    assert done.returncode == 0
    assert "was damaged" in done.stderr
    kept = [path for path in database.parent.iterdir() if "damaged" in path.name]
    assert kept[0].read_bytes() == b"broken" * 1000
