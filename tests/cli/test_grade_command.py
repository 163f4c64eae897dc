"""Scores that an instructor sets in place of the grader's."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.batch.store import FILE_NAME, Store
from tests.batch.classroom import graded, handin, take_in

if TYPE_CHECKING:
    from tests.cli.conftest import RunGrader

HOSTILE = "=1+1 <b>中"


@pytest.fixture
def out(home: Path, course_root: Path) -> Path:
    """Return the results of a class of four; one of them handed in nothing."""
    folder = home / "out"
    folder.mkdir()
    settings = {"seed": "7", "lang": "en", "sandbox": "full", "exercises": "ex1,ex2", "course": str(course_root)}
    with Store(folder / FILE_NAME) as store:
        take_in(store, handin("amelia"), handin("-bo"), handin(HOSTILE), settings=settings, more=("cyril",))
        store.record(graded("amelia", score=6.0))
        store.record(graded("-bo", score=6.0))
    return folder


def scores(out: Path) -> dict[str, str]:
    """Return the score of each student in ex1."""
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["student"]: row["score"] for row in csv.DictReader(file) if row["exercise"] == "ex1"}


def test_a_score_is_set_listed_and_cleared(run_grader: RunGrader, out: Path) -> None:
    """Every export is written anew each time, and the reason is kept."""
    done = run_grader("grade", "set", "amelia", "first steps", "7.5", "--why", "by mail", "--out", out)
    assert done.returncode == 0, done.stderr
    assert "7.5 of 10" in done.stdout
    assert scores(out)["amelia"] == "7.5"
    assert "by mail" in (out / "feedback" / "amelia.md").read_text(encoding="utf-8")
    assert "7.5" in (out / "gradebook.csv").read_text(encoding="utf-8-sig")
    listed = run_grader("grade", "list", "--out", out)
    assert "by mail" in listed.stdout
    assert "amelia" in listed.stdout
    assert run_grader("grade", "clear", "amelia", "ex1", "--out", out).returncode == 0
    assert scores(out)["amelia"] == "6"
    again = run_grader("grade", "clear", "amelia", "ex1", "--out", out)
    assert again.returncode == 0
    assert "no score was set" in again.stdout
    assert "No score was set" in run_grader("grade", "list", "--out", out).stdout


def test_who_handed_in_nothing_or_could_not_be_graded_may_get_a_score(run_grader: RunGrader, out: Path) -> None:
    """A name that looks like an option, or like a formula, can be said as well."""
    for words in (("cyril", "ex1", "1"), (HOSTILE, "ex1", "2"), ("--", "-bo", "ex1", "3")):
        done = run_grader("grade", "set", "--why", "x", "--out", out, *words)
        assert done.returncode == 0, done.stderr
    assert sorted(scores(out).values()) == ["1", "2", "3", "6"]


def test_the_course_is_that_of_the_results(
    run_grader: RunGrader, out: Path, home: Path, environment: dict[str, str]
) -> None:
    """Nobody has to say it again, and a course that went away is told of before anything is changed."""
    words = [sys.executable, "-m", "grader", "grade", "set", "amelia", "ex2", "4", "--why", "x", "--out", str(out)]

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(words, cwd=home, env=environment, capture_output=True, encoding="utf-8", check=False)

    assert run().returncode == 0
    with Store(out / FILE_NAME) as store:
        course = store.settings()["course"]
        assert list(store.overrides()) == [("amelia", "ex2")]
    gone = home / "gone"
    Path(course).rename(gone)
    words[words.index("ex2")] = "ex1"
    done = run()
    assert done.returncode == 2
    assert course in done.stderr
    with Store(out / FILE_NAME) as store:
        assert list(store.overrides()) == [("amelia", "ex2")]


def test_an_unknown_student_gets_the_nearest(run_grader: RunGrader, out: Path) -> None:
    """Nothing is set for somebody who does not exist."""
    done = run_grader("grade", "set", "amelie", "ex1", "5", "--why", "x", "--out", out)
    assert done.returncode == 2
    assert "Nearest: amelia" in done.stderr
    with Store(out / FILE_NAME) as store:
        assert store.overrides() == {}


def test_who_left_may_be_cleared(run_grader: RunGrader, out: Path) -> None:
    """A score that waits for a student to come back can be taken away."""
    assert run_grader("grade", "set", "amelia", "ex1", "5", "--why", "x", "--out", out).returncode == 0
    with Store(out / FILE_NAME) as store:
        take_in(store, handin("-bo"), settings=store.settings())
    assert run_grader("grade", "set", "amelia", "ex1", "6", "--why", "x", "--out", out).returncode == 2
    assert run_grader("grade", "clear", "amelia", "ex1", "--out", out).returncode == 0
    with Store(out / FILE_NAME) as store:
        assert store.overrides() == {}


@pytest.mark.parametrize("score", ["nan", "inf", "-1", "-inf", "much"])
def test_what_is_no_score_is_refused(run_grader: RunGrader, out: Path, score: str) -> None:
    """A score is a number from 0 on."""
    done = run_grader("grade", "set", "--why", "x", "--out", out, "--", "amelia", "ex1", score)
    assert done.returncode == 2
    with Store(out / FILE_NAME) as store:
        assert store.overrides() == {}


def test_a_reason_is_asked_for(run_grader: RunGrader, out: Path) -> None:
    """An option left out, or with nothing in it."""
    for why in ((), ("--why", "  ")):
        assert run_grader("grade", "set", "amelia", "ex1", "5", "--out", out, *why).returncode == 2


def test_an_unknown_exercise_is_refused(run_grader: RunGrader, out: Path) -> None:
    """By name, as everywhere."""
    done = run_grader("grade", "set", "amelia", "ex77", "5", "--why", "x", "--out", out)
    assert done.returncode == 2
    assert "ex77" in done.stderr


def test_no_results_are_said(run_grader: RunGrader, home: Path) -> None:
    """A folder without any is not made to hold some."""
    for words in (("set", "a", "ex1", "5", "--why", "x"), ("clear", "a", "ex1"), ("list",)):
        done = run_grader("grade", *words, "--out", "nowhere")
        assert done.returncode == 2
        assert "nowhere" in done.stderr
    assert list(home.iterdir()) == []


def test_it_speaks_chinese(run_grader: RunGrader, out: Path) -> None:
    """In the language of who asks; the exports stay in that of the run."""
    done = run_grader("--lang", "zh", "grade", "set", "amelia", "ex1", "5", "--why", "迟交", "--out", out)
    assert done.returncode == 0
    assert not done.stdout.isascii()
    assert "Nothing was handed in" in (out / "feedback" / "cyril.md").read_text(encoding="utf-8")
