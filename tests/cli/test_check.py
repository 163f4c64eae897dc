"""What `grader check` refuses before it grades anything."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import RunGrader

OWN = "ex01_first_steps.py"


def refusal(run_grader: RunGrader, *arguments: str, prefix: tuple[str, ...] = ()) -> str:
    """Return the message with which `grader check` refuses, with --json and without."""
    plain = run_grader("check", *arguments, prefix=prefix)
    as_json = run_grader("check", *arguments, "--json", prefix=prefix)
    for done in (plain, as_json):
        assert (done.returncode, done.stdout) == (2, "")
        assert "Traceback" not in done.stderr
    assert plain.stderr == as_json.stderr
    return plain.stderr


@pytest.mark.parametrize("arguments", [["ex1", "gone.py"], ["ex1", "--file", "gone.py"], ["sub/gone.py"]])
def test_file_that_does_not_exist(run_grader: RunGrader, arguments: list[str]) -> None:
    """A missing file is named, and no workspace is made for it."""
    said = refusal(run_grader, *arguments)
    assert said.startswith("There is no file ")
    assert "gone.py" in said


@pytest.mark.parametrize("arguments", [["ex1", "folder"], ["ex1", "--file", "folder"], ["ex1", "./folder/"]])
def test_folder_instead_of_a_file(run_grader: RunGrader, home: Path, arguments: list[str]) -> None:
    """A folder is not graded, and the next step is named."""
    (home / "folder").mkdir()
    assert "folder is a folder. Name the .py file" in refusal(run_grader, *arguments)


def test_pipe_instead_of_a_file(run_grader: RunGrader, home: Path) -> None:
    """A named pipe is refused at once: reading it would wait for ever."""
    os.mkfifo(home / "pipe.py")
    assert "pipe.py is not an ordinary file" in refusal(run_grader, "ex1", "pipe.py")


def test_file_without_permission(run_grader: RunGrader, home: Path, bound_by_permissions: tuple[str, ...]) -> None:
    """A file that cannot be read is named with the reason."""
    path = home / "secret.py"
    path.write_text("", encoding="utf-8")
    path.chmod(0)
    said = refusal(run_grader, "ex1", "secret.py", prefix=bound_by_permissions)
    assert said.startswith("Cannot read secret.py: no permission.")


def test_name_with_control_characters(run_grader: RunGrader) -> None:
    """A file name cannot drive the terminal."""
    said = refusal(run_grader, "ex1", "a\x1b[2J\nb.py")
    assert "\x1b" not in said


def test_file_that_names_no_exercise(run_grader: RunGrader, home: Path) -> None:
    """A file alone is graded as its name says; any other name needs the exercise."""
    (home / "mine.py").write_text("", encoding="utf-8")
    assert "grader check EX mine.py" in refusal(run_grader, "mine.py")


def test_one_file_for_two_exercises(run_grader: RunGrader, home: Path) -> None:
    """One file is graded as one exercise."""
    (home / "mine.py").write_text("", encoding="utf-8")
    said = refusal(run_grader, "ex1", "ex2", "mine.py")
    assert "2 exercises and 1 files" in said
    assert "1 exercises and 2 files" in refusal(run_grader, "ex1", "mine.py", "--file", "mine.py")


def test_all_and_something_else(run_grader: RunGrader) -> None:
    """--all leaves nothing to name beside it."""
    assert '"ex1"' in refusal(run_grader, "ex1", "--all")


@pytest.mark.parametrize("arguments", [["ex1"], [], ["--all"], ["1", "ex2"]])
def test_deleted_file_of_the_workspace(run_grader: RunGrader, home: Path, arguments: list[str]) -> None:
    """A file that was deleted is said, with how to get it back."""
    run_grader("init")
    (home / "practice" / OWN).unlink()
    said = refusal(run_grader, *arguments)
    assert said == 'practice/ex01_first_steps.py is missing. "grader reset ex1" puts the stub back.\n'


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "soon"])
def test_timeout_must_be_a_time(run_grader: RunGrader, seconds: str) -> None:
    """A time limit that is none is refused."""
    assert "--timeout" in refusal(run_grader, "ex1", "--timeout", seconds)


@pytest.mark.parametrize("seed", ["-1", "4294967296", "1.5"])
def test_seed_must_be_32_bits(run_grader: RunGrader, seed: str) -> None:
    """A seed that no report can have printed is refused."""
    assert "--seed" in refusal(run_grader, "ex1", "--seed", seed)


def test_unknown_device(run_grader: RunGrader) -> None:
    """A device that does not exist is refused with those that do."""
    assert "'auto', 'cpu', 'cuda', 'mps'" in refusal(run_grader, "ex1", "--device", "tpu")


def test_no_place_for_a_workspace(run_grader: RunGrader, home: Path, bound_by_permissions: tuple[str, ...]) -> None:
    """Where the first check cannot make a workspace, it says so with a way out."""
    home.chmod(0o555)
    said = refusal(run_grader, "ex1", prefix=bound_by_permissions)
    home.chmod(0o755)
    assert said.startswith("Cannot make the folder practice: no permission.")
