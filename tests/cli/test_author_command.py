"""The commands of authors, run as they run them, on a course without tensors."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.author.planting import rewrite
from tests.warm.processes import becomes_true, below, is_alive

if TYPE_CHECKING:
    from tests.cli.conftest import RunGrader

SECOND = Path(__file__).parent.parent / "author" / "course"


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """Return a copy of the course without tensors, with one exercise of tensors begun in it."""
    return Path(shutil.copytree(SECOND, tmp_path / "second"))


def test_engine_knows_no_exercise_by_name(run_grader: RunGrader, second: Path) -> None:
    """Another course is listed, checked, begun in and proven with the same commands."""
    begun = run_grader("author", "new", "centred", "--course", second, "--title-en", "Centred", "--title-zh", "居中")
    assert begun.returncode == 0, begun.stderr
    assert "entered  ex03_centred in " in begun.stdout
    assert f"grader author verify ex3 --course {second}" in begun.stdout
    listed = run_grader("list", "--course", second)
    assert [word for word in ("celsius", "tally", "centred") if word in listed.stdout] == [
        "celsius",
        "tally",
        "centred",
    ]
    for stem in ("ex01_celsius", "ex02_tally", "ex03_centred"):
        right = second / "solutions" / f"{stem}.py"
        checked = run_grader("check", "--course", second, right, "--json")
        assert (checked.returncode, json.loads(checked.stdout)["status"]) == (0, "passed")
        stub = second / "exercises" / stem / "stub.py"
        assert run_grader("check", stem, "--course", second, stub).returncode == 1
    wrong = second / "ex02_tally.py"
    wrong.write_text("def tally(words):\n    return dict.fromkeys(words, 1)\n", encoding="utf-8")
    checked = run_grader("check", "--course", second, wrong, "--json")
    assert json.loads(checked.stdout)["mistake"]["id"] == "once"
    proven = run_grader("author", "verify", "--course", second, "--seeds", "2", "--jobs", "2")
    assert proven.returncode == 1
    assert "ex1  celsius: proven\n" in proven.stdout
    assert "ex2  tally: proven\n" in proven.stdout
    assert "ex3  centred: to mend: 10\n" in proven.stdout
    assert "exercises/ex03_centred/task.en.md:3 still holds the text of the template (3 × ✎)." in proven.stdout
    assert "2 of 3 exercises proven. Mistakes: 11 rejected, 11 diagnosed as themselves, of 11." in proven.stdout
    assert max(map(len, proven.stdout.splitlines())) <= 100 or "Mistakes: 11" in proven.stdout


def test_report_of_a_faulty_exercise(run_grader: RunGrader, second: Path) -> None:
    """Each fault is shown where it belongs, and a survivor with the lines that would excuse it."""
    folder = second / "exercises" / "ex01_celsius"
    rewrite(folder / "checks.py", "(fahrenheit - 32) * 5 / 9)", "(fahrenheit - 32) * 5 / 9, atol=3.0)")
    rewrite(folder / "checks.py", "32.0), 0.0)", "32.0), 0.0, atol=3.0)")
    rewrite(folder / "mistakes.py", "(fahrenheit - 32) * 9 / 5", "fahrenheit / 1.8")
    (folder / "right" / "sometimes.py").write_text("def celsius(f):\n    return 0.0\n", encoding="utf-8")
    done = run_grader("author", "verify", "ex1", "--course", second, "--seeds", "2", "--jobs", "1")
    assert done.returncode == 1
    assert "sometimes.py     REJECTED at 2 of 2 seeds\n            seed 0: test_values (failed): " in done.stdout
    twin = "no_offset: rejected at 2 of 2 seeds, diagnosed as: inverted 2"
    assert twin in done.stdout or "inverted: rejected at 2 of 2 seeds, diagnosed as: no_offset 2" in done.stdout
    name = "celsius: return (fahrenheit - «32 → 33») * 5 / 9"
    assert f"        survives: {name}\n" in done.stdout
    start = done.stdout.index("            [[equivalent]]")
    lines = done.stdout[start:].split("\n\n")[0].replace("            ", "")
    (folder / "mutants.toml").write_text(lines, encoding="utf-8")
    done = run_grader("author", "verify", "ex1", "--course", second, "--seeds", "2", "--jobs", "1", "--lang", "zh")
    assert "存活" not in done.stdout
    assert "豁免 1 个" in done.stdout


def test_json_is_all_there_is(run_grader: RunGrader, second: Path) -> None:
    """--json prints a list of records, also where a course file prints at its import."""
    solution = second / "exercises" / "ex01_celsius" / "right" / "ratio.py"
    solution.write_text(f"print('hello')\n{solution.read_text(encoding='utf-8')}", encoding="utf-8")
    for jobs in ("1", "2"):
        done = run_grader(
            "author", "verify", "celsius", "tally", "--course", second, "--seeds", "2", "--json", "--jobs", jobs
        )
        assert done.returncode == 0, done.stdout
        first, other = json.loads(done.stdout)
        assert (first["exercise"], first["proven"], other["exercise"]) == ("ex1", True, "ex2")
        assert first["mistakes"][0]["diagnosed"] == {"no_offset": 2}
        assert first["mutants"]["killed"] == first["mutants"]["total"] > 0
    done = run_grader("author", "verify", "ex1", "--course", second, "--seeds", "1", "--json", "--no-mutants")
    assert json.loads(done.stdout)[0]["mutants"]["total"] == 0


def test_progress_goes_to_standard_error(run_grader: RunGrader, second: Path) -> None:
    """Away from a terminal a line tells when an exercise is done."""
    done = run_grader("author", "verify", "ex1", "--course", second, "--seeds", "1", "--no-mutants", "--jobs", "1")
    assert "pieces of work done" not in done.stdout
    assert done.stderr.endswith("ex01_celsius: 5 of 5 pieces of work done\n")
    assert "\x1b" not in done.stderr


def test_progress_bar_on_a_terminal(second: Path, environment: dict[str, str], home: Path) -> None:
    """On a terminal a bar fills up, and is gone when the report comes."""
    main, other = pty.openpty()
    command = [sys.executable, "-m", "grader", "author", "verify", "ex1", "--course", str(second), "--seeds", "2"]
    done = subprocess.run(
        command, cwd=home, env=environment | {"TERM": "xterm"}, stderr=other, stdout=subprocess.PIPE, check=False
    )
    os.close(other)
    shown = b""
    try:
        while piece := os.read(main, 65536):
            shown += piece
    except OSError:
        # Linux ends the reading of a terminal that nobody holds any more with an error.
        pass
    os.close(main)
    assert done.returncode == 0
    text = shown.decode()
    assert "█" in text
    assert "ex1 celsius" in text
    assert text.endswith("\r\x1b[K")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["verify", "ex9"], 'No exercise "ex9"'),
        (["verify", "--seeds", "0"], "--seeds"),
        (["verify", "--jobs", "x"], "--jobs"),
        (["new"], "SLUG"),
        (["new", "Not-a-slug"], "as in squared_loss"),
        (["new", "tally"], "There is an exercise ex02_tally already."),
        (["new", "centred", "--chapter", "9"], "There is no chapter 9 in"),
    ],
)
def test_wrong_use(run_grader: RunGrader, second: Path, arguments: list[str], said: str) -> None:
    """What cannot be done is exit 2 with what to do instead, and nothing is made."""
    before = sorted(second.rglob("*"))
    done = run_grader("--course", second, "author", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(second.rglob("*")) == before


def test_broken_course_says_file_and_line(run_grader: RunGrader, second: Path) -> None:
    """A fault of course.toml is exit 2 with its place."""
    rewrite(second / "exercises" / "course.toml", "mistakes = 3", "mistakes = 0")
    done = run_grader("author", "verify", "--course", second)
    assert done.returncode == 2
    assert "course.toml" in done.stderr
    assert "mistakes" in done.stderr


def test_beginning_imports_nothing_heavy(environment: dict[str, str], home: Path) -> None:
    """`author new` answers at once: it needs neither torch nor pytest."""
    script = (
        "import sys; from grader.cli import main\n"
        "assert main(['author', 'new', 'centred', '--course', 'mine']) == 0\n"
        "assert not {'torch', 'pytest', 'numpy', 'grader.judge'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=home, env=environment, check=True, capture_output=True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_end_leaves_no_process(second: Path, environment: dict[str, str], home: Path, number: signal.Signals) -> None:
    """Whatever ends the command ends the processes that work for it, in the middle of their work."""
    slow = second / "exercises" / "ex01_celsius" / "right" / "slow.py"
    slow.write_text("import time\n\n\ndef celsius(f):\n    time.sleep(60)\n", encoding="utf-8")
    command = [sys.executable, "-m", "grader", "author", "verify", "--course", str(second), "--jobs", "2"]
    with subprocess.Popen(
        command, cwd=home, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        # Pytest of its own may ignore Ctrl-C for its children; the command must not.
        assert becomes_true(lambda: len(below(running.pid)) >= 2)
        time.sleep(0.5)
        members = below(running.pid)
        running.send_signal(number)
        _, complaint = running.communicate(timeout=30)
    assert running.returncode == (-9 if number == signal.SIGKILL else 130)
    assert b"Traceback" not in complaint
    assert becomes_true(lambda: not any(map(is_alive, members)))
