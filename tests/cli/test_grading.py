"""`grader check` on the course itself: verdicts, the JSON contract, exit codes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.course import find_exercise, load_course
from tests.warm.processes import becomes_true, below, is_alive

GRADER = Path(sys.executable).with_name("grader")
EX3 = find_exercise(load_course(None), "ex3")
KEYS = "exercise name passed status score max_score device seed seconds sandbox mistake checks".split()
CHECK_KEYS = "name title status score max_score message mistake seconds".split()
NO_RESHAPE = "def squared_loss(y_hat, y):\n    return (y_hat - y) ** 2 / 2\n"


def check(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the installed command in `folder`, in English."""
    command = [GRADER, "--lang", "en", "check", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def report(folder: Path, source: str, *arguments: str) -> tuple[dict[str, Any], int]:
    """Grade `source` as exercise 3 and return the report with the exit status."""
    file = folder / "ex03_squared_loss.py"
    file.write_text(source, encoding="utf-8")
    done = check(folder, "ex3", file, "--json", *arguments)
    return json.loads(done.stdout), done.returncode


def test_a_right_answer_passes(tmp_path: Path) -> None:
    """The reference passes with all its points, exit status 0, and the report has every key of the contract."""
    found, code = report(tmp_path, EX3.solution.read_text(encoding="utf-8"))
    assert code == 0
    assert [key for key in KEYS if key not in found] == []
    assert all(key in each for each in found["checks"] for key in CHECK_KEYS)
    assert (found["exercise"], found["name"], found["status"]) == ("ex3", "squared_loss", "passed")
    assert found["passed"] is True
    assert found["score"] == found["max_score"] == EX3.points
    assert found["mistake"] is None
    assert found["device"] == "cpu"
    assert {each["status"] for each in found["checks"]} == {"passed"}


def test_a_wrong_answer_is_named_and_replayed(tmp_path: Path) -> None:
    """A wrong answer exits with 1, its mistake is named, it keeps partial credit, and its seed replays it."""
    found, code = report(tmp_path, NO_RESHAPE)
    assert code == 1
    assert found["passed"] is False
    assert found["mistake"]["id"] == "no_reshape"
    assert found["mistake"]["title"]
    assert "reshape" in found["mistake"]["advice"]
    assert 0 < found["score"] < found["max_score"]
    again, _ = report(tmp_path, NO_RESHAPE, "--seed", str(found["seed"]))
    assert [each["message"] for each in again["checks"]] == [each["message"] for each in found["checks"]]
    other, _ = report(tmp_path, NO_RESHAPE, "--seed", str(found["seed"] ^ 1))
    assert [each["message"] for each in other["checks"]] != [each["message"] for each in found["checks"]]


def test_the_report_for_people(tmp_path: Path) -> None:
    """The text names the mistake first, shows the learner's own output, the seed and the command for a hint."""
    file = tmp_path / "ex03_squared_loss.py"
    file.write_text(NO_RESHAPE.replace("    return", "    print('mine \\x1b[31m')\n    return"), encoding="utf-8")
    shown = check(tmp_path, "ex3", file, "--seed", "5")
    assert shown.returncode == 1
    assert shown.stdout.index("y is not brought into the shape of y_hat") < shown.stdout.index("failed")
    assert "broadcast to" in shown.stdout
    assert "mine" in shown.stdout
    assert "\x1b" not in shown.stdout
    assert "--seed 5" in shown.stdout
    assert "grader hint ex3" in shown.stdout


def test_chinese(tmp_path: Path) -> None:
    """The same report comes in Chinese."""
    found, _ = report(tmp_path, NO_RESHAPE, "--lang", "zh")
    assert found["mistake"]["title"] == "没有把 y 变成 y_hat 的形状"
    assert "广播" in found["checks"][1]["message"]


def test_the_untouched_stub(tmp_path: Path) -> None:
    """The stub is not_started, not wrong; what depends on its first check is skipped and says on what."""
    found, code = report(tmp_path, EX3.stub.read_text(encoding="utf-8"))
    assert code == 1
    assert found["status"] == "not_started"
    assert found["score"] == 0
    skipped = [each for each in found["checks"] if each["status"] == "skipped"]
    assert skipped
    assert all("test_values" in each["message"] for each in skipped)


@pytest.mark.parametrize(
    ("source", "status", "words"),
    [
        ("def squared_loss(y_hat, y)\n    return 1\n", "error", ["line 1", "^"]),
        ("import nowhere_to_be_found\n", "error", ["nowhere_to_be_found", "line 1"]),
        ("def squared(y_hat, y):\n    return 1\n", "missing", ["squared_loss"]),
        ("squared_loss = 3\n", "missing", ["int"]),
        ("def squared_loss(y_hat):\n    return 1\n", "error", ["does not fit", "positional"]),
        ("x = input()\n", "error", ["keyboard"]),
        ("import os\nos._exit(0)\n", "crashed", ["ended the whole process"]),
        ("def squared_loss(y_hat, y):\n    raise SystemExit(0)\n", "crashed", ["left the program"]),
        ("def squared_loss(y_hat, y):\n    pass\n", "failed", ["None came back"]),
    ],
)
def test_answers_that_are_not_answers(tmp_path: Path, source: str, status: str, words: list[str]) -> None:
    """Each way to have no answer has its status and a message that says what is wrong."""
    found, code = report(tmp_path, source)
    assert code == 1
    assert found["status"] == status
    assert all(word in found["checks"][0]["message"] for word in words), found["checks"][0]["message"]


def test_an_endless_loop_costs_its_time_limit(tmp_path: Path) -> None:
    """A loop that never ends is a timeout, named with its limit, and the report comes."""
    found, code = report(tmp_path, "def squared_loss(y_hat, y):\n    while True: pass\n", "--timeout", "1")
    assert (found["status"], code) == ("timeout", 1)
    assert "1 s" in found["checks"][0]["message"]


def test_several_exercises_give_a_list(tmp_path: Path) -> None:
    """Several exercises are graded in turn: a JSON list, and exit status 1 unless all passed."""
    subprocess.run([GRADER, "init", tmp_path / "mine"], check=True, capture_output=True)
    shutil.copy(EX3.solution, tmp_path / "mine" / EX3.file_name)
    done = check(tmp_path / "mine", "ex3", "ex1", "--json")
    assert done.returncode == 1
    assert [each["status"] for each in json.loads(done.stdout)] == ["passed", "not_started"]


def test_a_learner_imports_an_earlier_exercise(tmp_path: Path) -> None:
    """Files beside the graded one can be imported."""
    (tmp_path / "my_tools.py").write_text("def line_up(a, b):\n    return b.reshape(a.shape)\n", encoding="utf-8")
    source = "from my_tools import line_up\n\n\n" + NO_RESHAPE.replace("- y)", "- line_up(y_hat, y))")
    found, code = report(tmp_path, source)
    assert (found["status"], code) == ("passed", 0), found


def test_a_device_that_is_not_there_skips(tmp_path: Path) -> None:
    """Grading on a device that this machine lacks is skipped, and that is no pass."""
    import torch  # noqa: PLC0415 - only to know the machine

    if torch.backends.mps.is_available():
        pytest.skip("this machine has the device")
    found, code = report(tmp_path, EX3.solution.read_text(encoding="utf-8"), "--device", "mps")
    assert (found["status"], found["passed"], code) == ("skipped", False, 1)


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc how long a process has run")
def test_ctrl_c_ends_it_in_the_middle_of_a_loop(tmp_path: Path) -> None:
    """Whoever breaks off a grading is not told of a fault of the grader's, and nothing of it goes on."""
    file = tmp_path / "ex03_squared_loss.py"
    file.write_text("def squared_loss(y_hat, y):\n    while True:\n        pass\n", encoding="utf-8")
    command = [GRADER, "--lang", "en", "check", "ex3", file]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as grading:
        assert becomes_true(lambda: any(processor_seconds(each) > 1.5 for each in below(grading.pid)))
        started = below(grading.pid)
        os.killpg(grading.pid, signal.SIGINT)
        said = grading.communicate(timeout=120)
    assert (grading.returncode, said[0]) == (130, "")
    assert said[1].strip() == ""
    assert becomes_true(lambda: not any(is_alive(each) for each in started))


def processor_seconds(pid: int) -> float:
    """Return how long a process has computed; none where it has gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
