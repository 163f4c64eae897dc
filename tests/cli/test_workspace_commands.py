"""Making, restoring and running the learner's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import RunGrader

OWN = "ex01_first_steps.py"


def test_init_makes_practice(run_grader: RunGrader, home: Path) -> None:
    """Without a folder it is `practice`, and the next step is said."""
    done = run_grader("init")
    assert done.returncode == 0
    assert "practice: 3 exercise files added." in done.stdout
    assert "grader check" in done.stdout
    assert (home / "practice" / OWN).is_file()


def test_init_makes_any_folder(run_grader: RunGrader, home: Path) -> None:
    """A folder that was named is made with its parents, and how to get there is said."""
    done = run_grader("init", "my work/deep")
    assert (home / "my work" / "deep" / OWN).is_file()
    assert "cd my work/deep" in done.stdout


def test_init_again_keeps_everything(run_grader: RunGrader, home: Path) -> None:
    """From inside a workspace it adds what is missing and touches nothing else."""
    run_grader("init")
    practice = home / "practice"
    (practice / OWN).write_text("mine", encoding="utf-8")
    (practice / "ex02_second_wind.py").unlink()
    done = run_grader("init", cwd=practice)
    assert "1 exercise files added" in done.stdout
    assert (practice / OWN).read_text(encoding="utf-8") == "mine"
    assert (practice / "ex02_second_wind.py").is_file()
    assert not (practice / "practice").exists()


def test_init_in_a_folder_without_permission(
    run_grader: RunGrader, home: Path, bound_by_permissions: tuple[str, ...]
) -> None:
    """A read-only folder is said with its path and a way out."""
    home.chmod(0o555)
    done = run_grader("init", prefix=bound_by_permissions)
    home.chmod(0o755)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Cannot make the folder practice: no permission.")


def test_reset_asks(run_grader: RunGrader, home: Path) -> None:
    """Only a yes resets; the backup is named."""
    run_grader("init")
    own = home / "practice" / OWN
    stub = own.read_text(encoding="utf-8")
    own.write_text("mine", encoding="utf-8")
    done = run_grader("reset", "ex1", answer="n\n")
    assert done.returncode == 1
    assert "Nothing was changed" in done.stdout
    assert own.read_text(encoding="utf-8") == "mine"
    done = run_grader("reset", "ex1", answer="y\n")
    assert done.returncode == 0
    assert own.read_text(encoding="utf-8") == stub
    backup = home / done.stdout.rpartition("kept as ")[2].strip()
    assert backup.read_text(encoding="utf-8") == "mine"


def test_reset_without_anybody_to_ask(run_grader: RunGrader, home: Path) -> None:
    """Without an answer nothing happens, and --yes is named."""
    run_grader("init")
    done = run_grader("reset", "ex1")
    assert done.returncode == 2
    assert "--yes" in done.stderr
    assert run_grader("reset", "ex1", "--yes").returncode == 0
    assert (home / "practice" / ".gradlings" / "backups").is_dir()


def test_reset_restores_a_deleted_file_without_asking(run_grader: RunGrader, home: Path) -> None:
    """There is nothing to lose."""
    run_grader("init")
    (home / "practice" / OWN).unlink()
    assert run_grader("reset", "ex1").returncode == 0
    assert (home / "practice" / OWN).is_file()


def test_reset_without_a_workspace(run_grader: RunGrader, home: Path) -> None:
    """It says how to make one."""
    done = run_grader("reset", "ex1", "--yes")
    assert done.returncode == 2
    assert "grader init" in done.stderr
    assert not list(home.iterdir())


def test_run_passes_everything_through(run_grader: RunGrader, home: Path) -> None:
    """The script has the terminal's input and output, and its exit status comes back."""
    run_grader("init")
    script = 'print("got", input())\nraise SystemExit(7)\n'
    (home / "practice" / OWN).write_text(script, encoding="utf-8")
    done = run_grader("run", "ex1", answer="this\n")
    assert (done.returncode, done.stdout) == (7, "got this\n")


def test_run_reports_a_signal(run_grader: RunGrader, home: Path) -> None:
    """A script that a signal ended gives the status that a shell would."""
    run_grader("init")
    script = "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)\n"
    (home / "practice" / OWN).write_text(script, encoding="utf-8")
    assert run_grader("run", "ex1").returncode == 128 + 15


def test_run_without_the_file(run_grader: RunGrader, home: Path) -> None:
    """A deleted file is said, with how to get it back."""
    run_grader("init")
    (home / "practice" / OWN).unlink()
    done = run_grader("run", "ex1")
    assert done.returncode == 2
    assert done.stderr == 'practice/ex01_first_steps.py is missing. "grader reset ex1" puts the stub back.\n'
