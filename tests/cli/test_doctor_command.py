"""The doctor on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import RunGrader


def test_doctor_prints_every_topic(run_grader: RunGrader) -> None:
    """Each topic is one line with its state as a word, devices included."""
    run_grader("init")
    done = run_grader("doctor")
    assert done.returncode == 0, done.stdout
    topics = [line[9:].split("  ")[0] for line in done.stdout.splitlines()[:9]]
    assert topics == [
        "Python", "torch", "terminal", "locale", "workspace", "course", "confinement", "warm", "devices",
    ]  # fmt: skip
    assert "All is well." in done.stdout


def test_doctor_of_a_broken_course(run_grader: RunGrader, course_root: Path) -> None:
    """Where something needs mending the exit status says so."""
    (course_root / "course.toml").write_text("=", encoding="utf-8")
    done = run_grader("doctor", "--lang", "zh")
    assert done.returncode == 1
    assert "有 1 个问题需要处理。" in done.stdout
