"""Pictures are drawn by another process, saved whole, and never over another file."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from grader.drawing import draw, save_picture
from grader.errors import GraderError, WorkspaceError
from grader.model import LANGS, Lang, Plot, Series, Text

PNG = b"\x89PNG\r\n\x1a\n"
PLOT = Plot(
    title=Text("Loss $x_1$", "损失 $x_1$"),
    x_label=Text("step", "步数"),
    y_label=Text("loss", "损失"),
    series=(
        Series(label=Text("_yours", "_你的"), x=(0.0, 1.0, 2.0), y=(4.0, 2.0, 1.0)),
        Series(label=Text("due", "应为"), x=(0.0, 2.0), y=(4.0, 1.0), kind="points"),
    ),
)


@pytest.mark.parametrize("lang", LANGS)
def test_a_picture_is_saved(tmp_path: Path, lang: Lang) -> None:
    """The file is a PNG in the folder asked for, which is made."""
    path = save_picture(PLOT, tmp_path / "new" / "folder", "ex04_sgd", lang)
    assert path == tmp_path / "new" / "folder" / "ex04_sgd.png"
    assert path.read_bytes().startswith(PNG)
    assert path.stat().st_size > 5000


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """Where the name is taken, by a file or by a dangling link, the next number is."""
    (tmp_path / "a.png").write_text("mine", encoding="utf-8")
    (tmp_path / "a-2.png").symlink_to(tmp_path / "nowhere")
    assert save_picture(PLOT, tmp_path, "a", "en") == tmp_path / "a-3.png"
    assert (tmp_path / "a.png").read_text(encoding="utf-8") == "mine"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a-2.png", "a-3.png", "a.png"]


def test_the_caller_imports_nothing_heavy(tmp_path: Path) -> None:
    """Neither matplotlib nor torch nor NumPy is in the process that saves."""
    code = (
        "import sys; from pathlib import Path; from grader.drawing import save_picture; "
        "from tests.test_drawing import PLOT; save_picture(PLOT, Path(sys.argv[1]), 'a', 'en'); "
        "print([name for name in ('matplotlib', 'torch', 'numpy', 'textual') if name in sys.modules])"
    )
    # The tests' own module brings pytest, and nothing of these.
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
    )
    assert done.stdout == "[]\n"
    assert (tmp_path / "a.png").exists()


def test_files_of_the_current_folder_are_not_imported(tmp_path: Path) -> None:
    """A learner's random.py or matplotlibrc in the current folder is not taken for the library's."""
    (tmp_path / "random.py").write_text("raise SystemExit(9)\n", encoding="utf-8")
    (tmp_path / "matplotlibrc").write_text("figure.dpi: 1\n", encoding="utf-8")
    code = (
        "import sys; sys.path = [each for each in sys.path if each]; from pathlib import Path; "
        "sys.path.insert(0, sys.argv[1]); from tests.test_drawing import PLOT; from grader.drawing import draw; "
        "sys.stdout.buffer.write(draw(PLOT, 'en'))"
    )
    root = Path(__file__).parents[1]
    done = subprocess.run([sys.executable, "-P", "-c", code, root], capture_output=True, check=True, cwd=tmp_path)
    assert done.stdout == draw(PLOT, "en")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file in the way of the folder is said with what to do."""
    (tmp_path / "taken").write_text("", encoding="utf-8")
    with pytest.raises(WorkspaceError) as caught:
        save_picture(PLOT, tmp_path / "taken", "a", "en")
    assert caught.value.params["path"] == tmp_path / "taken"


def test_a_name_that_cannot_be_is_named(tmp_path: Path) -> None:
    """The path is in the message, and no draft is left behind."""
    with pytest.raises(WorkspaceError) as caught:
        save_picture(PLOT, tmp_path, "a" * 300, "en")
    assert "a.png" in str(caught.value.params["path"])
    assert list(tmp_path.iterdir()) == []


def interpreter(folder: Path, code: str) -> list[str]:
    """Return a command that takes the place of Python and runs `code` instead."""
    path = folder / "python"
    path.write_text(f"#!{sys.executable}\n{code}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return [os.fspath(path)]


@pytest.mark.parametrize(
    ("code", "key", "said"),
    [
        ("import sys; sys.exit(3)", "plot.no_matplotlib", ""),
        ("raise ValueError('no font \\x1b[31m at all')", "plot.not_drawn", "ValueError: no font  at all"),
        ("import sys; sys.exit(7)", "plot.not_drawn", "exit status 7"),
        ("import time; time.sleep(60)", "plot.too_slow", ""),
    ],
)
def test_a_drawing_process_that_fails_is_told_of(tmp_path: Path, code: str, key: str, said: str) -> None:
    """A missing matplotlib, an error and a hang each have their message."""
    timeout_s = 2.0 if key == "plot.too_slow" else 30.0
    with pytest.raises(GraderError) as caught:
        draw(PLOT, "en", python=interpreter(tmp_path, code), timeout_s=timeout_s)
    assert caught.value.key == key
    assert caught.value.params.get("reason", "") == said


def test_a_drawing_process_that_cannot_start_is_told_of(tmp_path: Path) -> None:
    """An interpreter that is gone is said, not raised as it is."""
    with pytest.raises(GraderError) as caught:
        draw(PLOT, "en", python=[os.fspath(tmp_path / "gone")])
    assert caught.value.key == "plot.not_started"
