"""Hints, the reference and the difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.test_browse import record

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import RunGrader


def test_one_more_hint_each_time(run_grader: RunGrader) -> None:
    """Hints come one by one with their source, and the end is said."""
    run_grader("init")
    for level in (1, 2, 3):
        shown = run_grader("hint", "ex2").stdout
        assert f"Hint {level} of 3\nnudge {level}\nFrom article 002, question 5." in shown
    assert "That was the last hint" in shown
    done = run_grader("hint", "ex2")
    assert done.returncode == 0
    assert "All 3 hints of ex2 are taken" in done.stdout
    assert "提示 1" in run_grader("hint", "ex1", "--lang", "zh").stdout


def test_taken_hints_can_be_read_again(run_grader: RunGrader) -> None:
    """--again shows those taken and takes none."""
    run_grader("init")
    assert "No hints of ex1 are taken yet" in run_grader("hint", "ex1", "--again").stdout
    run_grader("hint", "ex1")
    run_grader("hint", "ex1")
    for option in ("--again", "--all-taken"):
        shown = run_grader("hint", "ex1", option).stdout
        assert "nudge 1" in shown
        assert "nudge 2" in shown
        assert "nudge 3" not in shown


def test_hint_of_the_next_exercise(run_grader: RunGrader, home: Path) -> None:
    """Without a name it is for the next unfinished exercise; a workspace is made for the record."""
    done = run_grader("hint")
    assert "nudge 1" in done.stdout
    assert "one was made: practice" in done.stderr
    assert (home / "practice").is_dir()
    assert "nudge 2" in run_grader("hint").stdout


def test_hint_where_nothing_can_be_saved(
    run_grader: RunGrader, home: Path, bound_by_permissions: tuple[str, ...]
) -> None:
    """A read-only workspace still gives the hint, and says that it was not counted."""
    run_grader("init")
    marker = home / "practice" / ".gradlings"
    marker.chmod(0o555)
    done = run_grader("hint", "ex1", prefix=bound_by_permissions)
    marker.chmod(0o755)
    assert done.returncode == 0
    assert "nudge 1" in done.stdout
    assert "this was not saved" in done.stderr


def test_record_in_a_read_only_folder_can_be_read(
    run_grader: RunGrader, home: Path, bound_by_permissions: tuple[str, ...]
) -> None:
    """What was saved earlier is shown even where nothing more can be saved."""
    run_grader("init")
    record(home, "ex1", passed=True, score=10)
    marker = home / "practice" / ".gradlings"
    marker.chmod(0o555)
    done = run_grader("list", prefix=bound_by_permissions)
    marker.chmod(0o755)
    assert "1 of 3 passed" in done.stdout


def test_broken_hints(run_grader: RunGrader, course_root: Path) -> None:
    """A broken hints.toml is named with its line."""
    (course_root / "ex01_first_steps" / "hints.toml").write_text("[[hints]]\nen =\n", encoding="utf-8")
    done = run_grader("hint", "ex1")
    assert done.returncode == 2
    assert "hints.toml:2: not valid TOML" in done.stderr


def test_solution_opens_after_a_pass(run_grader: RunGrader, home: Path) -> None:
    """Before a pass it is locked and --force is named; after one it is printed."""
    run_grader("init")
    done = run_grader("solution", "ex1")
    assert (done.returncode, done.stdout) == (2, "")
    assert "grader solution ex1 --force" in done.stderr
    reference = '"""The reference of ex01_first_steps."""\n'
    assert run_grader("solution", "ex1", "--force").stdout == reference
    record(home, "ex1", passed=True, score=10)
    assert run_grader("solution", "ex1").stdout == reference


def test_diff_shows_both(run_grader: RunGrader, home: Path) -> None:
    """A unified difference, yours first, without control characters of the learner's."""
    run_grader("init")
    own = home / "practice" / "ex01_first_steps.py"
    own.write_bytes(b'\xef\xbb\xbf"""The reference of ex01_first_steps."""\r\nx = "\x1b[2J"\r\n')
    assert run_grader("diff", "ex1").returncode == 2
    shown = run_grader("diff", "ex1", "--force").stdout
    assert "--- practice/ex01_first_steps.py (yours)\n+++ reference\n" in shown
    assert '-x = ""' in shown
    assert "\x1b" not in shown


def test_diff_of_the_reference_itself(run_grader: RunGrader, home: Path, course_root: Path) -> None:
    """Equal files are said to be equal."""
    run_grader("init")
    reference = course_root.parent / "solutions" / "ex01_first_steps.py"
    (home / "practice" / "ex01_first_steps.py").write_bytes(reference.read_bytes())
    assert "the same as the reference" in run_grader("diff", "ex1", "--force").stdout
