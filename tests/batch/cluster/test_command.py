"""`grader batch --scheduler`: grades to the end, stops when it is told to, and says what is wrong."""

from __future__ import annotations

import csv
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from grader.batch.store import FILE_NAME
from tests.batch.cluster.conftest import SLOW, nothing_below, started
from tests.warm.conftest import RIGHT, WRONG
from tests.warm.processes import becomes_true

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from grader.model import Course

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="asks /proc about processes"),
    pytest.mark.xdist_group("cluster"),
]
# As if the package were not there.
WITHOUT_DASK = """
import sys
sys.modules["distributed"] = None
from grader.cli import main
sys.exit(main(sys.argv[1:]))
"""


def write_class(folder: Path, sources: Sequence[str]) -> Path:
    """Write a folder for each student, and return the folder of all."""
    for number, source in enumerate(sources):
        file = folder / f"student{number:03d}" / "ex01_double.py"
        file.parent.mkdir(parents=True)
        file.write_text(source, encoding="utf-8")
    return folder


def words(
    course: Course, folder: Path, out: Path, address: str, *, program: Sequence[str] = ("-m", "grader")
) -> list[str]:
    """Return the command that grades a class on a cluster."""
    options = ["--course", str(course.root), "--scheduler", address, "--lang", "en"]
    return [sys.executable, *program, "batch", str(folder), "--out", str(out), *options]


def verdicts_in(out: Path) -> int:
    """Return how many verdicts a run has kept so far."""
    with closing(sqlite3.connect(f"file:{out / FILE_NAME}?mode=ro", uri=True)) as database:
        try:
            return int(database.execute("SELECT COUNT(*) FROM verdicts WHERE report IS NOT NULL").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


def test_grades_after_it_was_stopped(course: Course, tmp_path: Path) -> None:
    """Ctrl-C ends all that is under way and keeps what was reached; the same command grades the rest, and no more."""
    folder, out = write_class(tmp_path / "class", [SLOW] * 18 + [RIGHT, WRONG]), tmp_path / "out"
    with started(tmp_path, workers=1) as cluster:
        command = words(course, folder, out, cluster.address)
        with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
            assert becomes_true(lambda: (out / FILE_NAME).is_file() and verdicts_in(out) > 0)
            first.send_signal(signal.SIGINT)
            _, said = first.communicate(timeout=60)
        assert first.returncode == 128 + signal.SIGINT
        kept = verdicts_in(out)
        assert f"{kept} new verdicts are kept" in said
        assert 0 < kept < 20
        assert nothing_below(cluster.workers[0])
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0
    assert f"To grade: {20 - kept}. Kept from before: {kept}." in done.stderr
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        statuses = [row["status"] for row in csv.DictReader(file)]
    assert statuses == ["passed"] * 19 + ["failed"]
    # Dask says much on its own account; none of it belongs here.
    assert "distributed" not in said + done.stdout + done.stderr
    assert "Traceback" not in said + done.stderr


def test_no_scheduler(course: Course, tmp_path: Path) -> None:
    """Where nothing answers, one message says what to look at, and nothing was graded."""
    with socket.socket() as taken:
        # Bound and not listening: nobody can answer here meanwhile.
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        command = words(course, write_class(tmp_path / "class", [RIGHT]), tmp_path / "out", address)
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert f"No Dask scheduler answers at {address}" in done.stderr
    assert "Traceback" not in done.stderr
    assert "distributed" not in done.stderr


def test_no_dask(course: Course, tmp_path: Path) -> None:
    """Without the extra, the message is the command that installs it."""
    folder = write_class(tmp_path / "class", [RIGHT])
    command = words(course, folder, tmp_path / "out", "tcp://127.0.0.1:1", program=("-c", WITHOUT_DASK))
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert 'pip install "gradlings[cluster]"' in done.stderr
