"""`grader package`: what it writes, and what it says."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import RunGrader


def test_gradescope_packs_the_course_that_was_named(run_grader: RunGrader, home: Path) -> None:
    """The archive has the programs, the chosen exercises and the course, and the command says what is next."""
    done = run_grader("package", "gradescope", "--exercises", "ex3,ex1", "--timeout", "3", "--out", "out/a.zip")
    assert done.returncode == 0, done.stderr
    assert "2 exercises, 20 points" in done.stdout
    assert "programming assignment of 20 points" in done.stdout
    with zipfile.ZipFile(home / "out" / "a.zip") as packed:
        assert {"setup.sh", "run_autograder", "constraints.txt", "course/exercises/course.toml"} <= set(
            packed.namelist()
        )
        settings = json.loads(packed.read("gradlings.json"))
    assert settings["exercises"] == ["ex1", "ex3"]
    assert settings["limits"]["wall_s"] == 3
    assert settings["own_course"] is True
    assert settings["unsafe"] is False


def test_gradescope_in_chinese(run_grader: RunGrader, home: Path) -> None:
    """--lang is the language of the command and of the results to come."""
    done = run_grader("package", "gradescope", "--lang", "zh")
    assert "道练习" in done.stdout
    with zipfile.ZipFile(home / "gradlings-gradescope.zip") as packed:
        assert json.loads(packed.read("gradlings.json"))["lang"] == "zh"
        assert "抱歉" in packed.read("run_autograder").decode()


def test_unsafe_is_said(run_grader: RunGrader, home: Path) -> None:
    """--unsafe is packed, and warned of."""
    done = run_grader("package", "gradescope", "--unsafe")
    assert done.returncode == 0
    assert "can then change their own results" in done.stderr
    with zipfile.ZipFile(home / "gradlings-gradescope.zip") as packed:
        assert json.loads(packed.read("gradlings.json"))["unsafe"] is True


def test_classroom_writes_into_a_repository(run_grader: RunGrader, home: Path) -> None:
    """The workflow and what it needs lie where GitHub looks for them."""
    done = run_grader("package", "classroom", "--exercises", "ex2", "--out", "template")
    assert done.returncode == 0, done.stderr
    assert "grader batch" in done.stdout
    root = home / "template" / ".github"
    assert (root / "workflows" / "classroom.yml").is_file()
    assert (root / "classroom" / "course" / "exercises" / "course.toml").is_file()
    assert list((root / "classroom").glob("gradlings-*.whl"))


def test_wrong_use(run_grader: RunGrader, home: Path) -> None:
    """An exercise that does not exist and a limit that leaves no time are wrong use, and nothing is written."""
    assert run_grader("package", "gradescope", "--exercises", "ex77").returncode == 2
    assert run_grader("package", "gradescope", "--limit", "30").returncode == 2
    assert list(home.iterdir()) == []


def test_help_in_both_languages(run_grader: RunGrader) -> None:
    """The group and its commands explain themselves."""
    for words in (("package",), ("package", "gradescope"), ("package", "classroom")):
        english = run_grader(*words, "--help", "--lang", "en")
        assert english.returncode == 0, english.stderr
        assert english.stdout != run_grader(*words, "--lang", "zh", "--help").stdout
