"""One pytest session for many gradings."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from grader.judge.link import LocalLink
from grader.judge.plugin import Grading
from grader.judge.sitting import LONGEST_ACCOUNT, Sitting, in_session
from grader.judge.student import Courier
from grader.model import Status

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "def test_one():\n    pass\n\n\ndef test_two():\n    assert 1 + 1 == 3\n"


def nobody(**_: object) -> None:
    """Open no worker: these checks ask for none."""
    raise AssertionError


def grading_of(name: str = "exercise") -> Grading:
    """Return a grading without a learner."""
    return Grading(nobody, exercise=name, seed=0, device="cpu")  # type: ignore[arg-type]


def run(sitting: Sitting, file: Path, source: str) -> Grading:
    """Run the checks in `source`."""
    file.parent.mkdir(exist_ok=True)
    file.write_text(source, encoding="utf-8")
    grading = grading_of()
    sitting.run(file, grading)
    return grading


def ends(grading: Grading) -> list[tuple[str, Status]]:
    """Return how the checks ended."""
    return [(each.name, each.status) for each in grading.runs]


EXPECTED = [("test_one", Status.PASSED), ("test_two", Status.FAILED)]


def test_one_session_runs_one_file_after_another(tmp_path: Path) -> None:
    """Files of the same name in different folders, and a file that has changed, run as what they are."""

    def body(sitting: Sitting) -> list[list[tuple[str, Status]]]:
        sitting.rehearse()
        return [
            ends(run(sitting, tmp_path / "a" / "checks.py", GOOD)),
            ends(run(sitting, tmp_path / "b" / "checks.py", "def test_three():\n    pass\n")),
            ends(run(sitting, tmp_path / "a" / "checks.py", GOOD.replace("== 3", "== 2"))),
            ends(run(sitting, tmp_path / "a" / "checks.py", GOOD)),
        ]

    assert in_session(body) == [
        EXPECTED,
        [("test_three", Status.PASSED)],
        [("test_one", Status.PASSED), ("test_two", Status.PASSED)],
        EXPECTED,
    ]


def test_what_a_module_keeps_is_gone_for_the_next(tmp_path: Path) -> None:
    """Checks that count in a global variable, or set their module up, begin anew each time."""
    source = (
        "seen = []\n\n\ndef setup_module():\n    seen.append('set up')\n\n\n"
        "def test_one():\n    seen.append(1)\n    assert seen == ['set up', 1]\n"
    )

    def body(sitting: Sitting) -> list[list[tuple[str, Status]]]:
        return [ends(run(sitting, tmp_path / "checks.py", source)) for _ in range(3)]

    assert in_session(body) == [[("test_one", Status.PASSED)]] * 3


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def test_f(:\n", "SyntaxError"),
        ("import no_such_module\n", "no_such_module"),
        ("1 / 0\n", "ZeroDivisionError"),
        ("import pytest\npytest.skip('not here', allow_module_level=True)\n", "not here"),
        ("import pytest\npytest.fail('no')\n", "no"),
        ("import pytest\npytest.exit('stop')\n", "stop"),
        ("raise ValueError('x' * 9999)\n", "xxx"),
        ("import pytest\n\n\ndef test_exit():\n    pytest.exit('stop')\n", "stop"),
        ("def test_f(no_such_fixture):\n    pass\n", ""),
    ],
)
def test_a_broken_file_spoils_nothing_for_the_next(tmp_path: Path, source: str, said: str) -> None:
    """What keeps checks from being run is a fault with a reason, never a pass, and the session goes on."""

    def body(sitting: Sitting) -> tuple[Grading, Grading]:
        broken = run(sitting, tmp_path / "checks.py", source)
        return broken, run(sitting, tmp_path / "checks.py", GOOD)

    broken, good = in_session(body)
    if said:
        (fault,) = broken.faults
        assert said in str(fault)
        assert len(str(fault)) <= LONGEST_ACCOUNT
    assert all(status is not Status.PASSED for _, status in ends(broken)) or broken.faults
    assert (ends(good), good.faults) == (EXPECTED, [])


@pytest.mark.parametrize("error", [ValueError("mine"), KeyboardInterrupt(), SystemExit(3)])
def test_what_the_body_raises_comes_through(error: BaseException) -> None:
    """An error, Ctrl-C or an exit in the body is the caller's to see, as if there were no session around it."""

    def body(_: Sitting) -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        in_session(body)
    assert caught.value is error


def test_nothing_that_a_user_set_for_pytest_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Options in the environment and in a configuration file are for runs of their own, and are there afterwards."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n", encoding="utf-8")
    assert in_session(lambda sitting: ends(run(sitting, tmp_path / "checks.py", GOOD))) == EXPECTED
    assert os.environ["PYTEST_ADDOPTS"] == "--no-such-option"


def test_a_fork_may_use_the_session(tmp_path: Path) -> None:
    """As judges do, which are forked while the session is open; pytest itself prints nothing anywhere."""
    script = (
        "import os, pathlib, sys\nfrom grader.judge.sitting import in_session\n"
        "from tests.judge.test_sitting import EXPECTED, GOOD, ends, run\n\n"
        "def body(sitting):\n    for name in 'ab':\n        pid = os.fork()\n        if pid == 0:\n"
        "            found = ends(run(sitting, pathlib.Path(sys.argv[1], name, 'checks.py'), GOOD))\n"
        "            os._exit(found == EXPECTED)\n"
        "        ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])\n        print(ended)\n    return 'body'\n\n"
        "print(in_session(body))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.stdout, done.stderr) == ("1\n1\nbody\n", "")


class Desk:
    """A seat that tells what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.courier = Courier(LocalLink({}), seed=0)

    def finish(self) -> None:
        """Wait for a worker that may be in a loop."""
        self.asked.append("finish")

    def close(self) -> None:
        """End it."""
        self.asked.append("close")


@pytest.mark.parametrize(("ends", "asked"), [("pass", ["finish", "close"]), ("raise KeyboardInterrupt", ["close"])])
def test_ctrl_c_waits_for_no_worker(tmp_path: Path, ends: str, asked: list[str]) -> None:
    """A check that is broken off ends its worker without asking it anything, and the session with it."""
    desk = Desk()
    grading = Grading(lambda **_: desk, exercise="exercise", seed=0, device="cpu")  # type: ignore[arg-type,return-value]
    file = tmp_path / "checks.py"
    file.write_text(f"def test_f(student):\n    {ends}\n", encoding="utf-8")
    with suppress(KeyboardInterrupt):
        in_session(lambda sitting: sitting.run(file, grading))
        assert ends == "pass"
    assert desk.asked == asked
