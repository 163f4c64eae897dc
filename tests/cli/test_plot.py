"""`grader plot` on the course itself: curves, pictures, and a word where there is nothing to see."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.course import find_exercise, load_course
from grader.model import LANGS

GRADER = Path(sys.executable).with_name("grader")
EX5 = find_exercise(load_course(None), "ex5")


def plot(folder: Path, *arguments: str | Path, lang: str = "en", **env: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command in `folder`."""
    command = [GRADER, "--lang", lang, "plot", *arguments]
    environ = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")} | env
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def solved(tmp_path: Path) -> Path:
    """Return a folder with the reference of exercise 5 in it."""
    (tmp_path / EX5.file_name).write_bytes(EX5.solution.read_bytes())
    return tmp_path


@pytest.mark.parametrize("lang", LANGS)
def test_curves_in_the_terminal(solved: Path, lang: str) -> None:
    """The plot has a title, axes and a legend, in the language asked for, and the status is 0."""
    done = plot(solved, "ex5", EX5.file_name, lang=lang, COLUMNS="70")
    assert (done.returncode, done.stderr) == (0, "")
    assert {"en": "your model after training", "zh": "训练后的模型"}[lang] in done.stdout
    assert "┤" in done.stdout
    assert "\x1b" not in done.stdout
    assert len(list(solved.iterdir())) == 1


def test_the_same_file_gives_the_same_curves(solved: Path) -> None:
    """Without a seed the inputs are the same each time, so that two pictures can be compared."""
    assert plot(solved, "ex5", EX5.file_name).stdout == plot(solved, "ex5", EX5.file_name).stdout
    assert plot(solved, "ex5", EX5.file_name).stdout != plot(solved, "ex5", EX5.file_name, "--seed", "7").stdout


@pytest.mark.parametrize(
    ("save", "due"), [("mine.png", "mine.png"), ("pictures", f"pictures/{EX5.name}.png"), (".", f"{EX5.name}.png")]
)
def test_saving_a_picture(solved: Path, save: str, due: str) -> None:
    """--save takes a name or a folder, and says where the picture lies."""
    done = plot(solved, "ex5", EX5.file_name, "--save", save)
    assert done.returncode == 0
    assert done.stdout.endswith(f"Saved as {due}\n")
    assert (solved / due).read_bytes().startswith(b"\x89PNG")


def test_a_picture_that_exists_stays(solved: Path) -> None:
    """The second picture gets a number."""
    (solved / "mine.png").write_text("mine", encoding="utf-8")
    assert plot(solved, "ex5", EX5.file_name, "--save", "mine.png").stdout.endswith("Saved as mine-2.png\n")
    assert (solved / "mine.png").read_text(encoding="utf-8") == "mine"


def test_another_kind_of_picture_is_refused_before_anything_runs(solved: Path) -> None:
    """Only PNG is written, and the message says so at once."""
    done = plot(solved, "ex5", EX5.file_name, "--save", "mine.jpg")
    assert (done.returncode, done.stdout) == (2, "")
    assert "ends in .png" in done.stderr


@pytest.mark.parametrize("source", [EX5.stub.read_text(encoding="utf-8"), "x = (\n", "while True: pass\n"])
def test_nothing_to_see_yet(tmp_path: Path, source: str) -> None:
    """Code that does not get that far ends with 1, and how to learn why."""
    (tmp_path / EX5.file_name).write_text(source, encoding="utf-8")
    done = plot(tmp_path, "ex5", EX5.file_name)
    assert (done.returncode, done.stdout) == (1, "")
    assert f'"grader check ex5 {EX5.file_name}" says which' in done.stderr


def test_an_exercise_without_a_plot(course_root: Path, tmp_path: Path) -> None:
    """An exercise that has no picture says so."""
    (tmp_path / "a.py").write_text("", encoding="utf-8")
    done = plot(tmp_path, "--course", course_root, "ex1", "a.py")
    assert (done.returncode, done.stdout) == (1, "")
    assert "ex1 has no picture" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ex5"], "There is no workspace"),
        (["ex55"], 'No exercise "ex55"'),
        (["ex5", "gone.py"], "There is no file gone.py"),
        (["ex5", "."], "is a folder"),
        ([], "Missing argument"),
    ],
)
def test_wrong_use(tmp_path: Path, arguments: list[str], said: str) -> None:
    """What cannot be plotted is named, with exit status 2, and nothing is made."""
    done = plot(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_file_of_the_workspace(tmp_path: Path) -> None:
    """Without a file the learner's own is plotted, and a deleted one is said."""
    subprocess.run([GRADER, "init"], cwd=tmp_path, check=True, capture_output=True)
    own = tmp_path / "practice" / EX5.file_name
    own.write_bytes(EX5.solution.read_bytes())
    assert plot(tmp_path, "ex5").returncode == 0
    own.unlink()
    done = plot(tmp_path, "ex5")
    assert done.returncode == 2
    assert "grader reset ex5" in done.stderr
