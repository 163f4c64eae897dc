"""The record of attempts, and what it survives."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from grader.errors import WorkspaceError
from grader.progress import Attempt, MistakeCount, Progress, Standing
from grader.texts import Catalog

if TYPE_CHECKING:
    from pathlib import Path

KILLS = 5
WRITER = """
import sys
from pathlib import Path
from grader.progress import Attempt, Progress
with Progress(Path(sys.argv[1]), write=True) as progress:
    for number in range(10**9):
        progress.record_attempt(Attempt(
            exercise="ex1", passed=False, status="failed", score=0, max_score=10,
            seed=number, seconds=0.1, mistake=None, sha256="0" * 64))
        print(number, flush=True)
"""
MANY_WRITERS = """
import sys
from pathlib import Path
from grader.progress import Progress
for _ in range(20):
    with Progress(Path(sys.argv[1]), write=True) as progress:
        progress.take_hint("ex1", available=10**6)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the database is to be."""
    return tmp_path / "progress.db"


def attempt(exercise: str = "ex3", *, passed: bool = False, score: float = 0, mistake: str | None = None) -> Attempt:
    """Return an attempt worth `score` of 10."""
    return Attempt(
        exercise=exercise,
        passed=passed,
        status="passed" if passed else "failed",
        score=score,
        max_score=10,
        seed=7,
        seconds=0.25,
        mistake=mistake,
        sha256="ab" * 32,
    )


def test_everything_starts_at_never(path: Path) -> None:
    """A new record knows of no attempts and no hints."""
    with Progress(path, write=True) as progress:
        assert progress.standing("ex3") is Standing.NEVER
        assert progress.hints_taken("ex3") == 0
        assert not progress.summary()
        assert not progress.mistakes()


def test_a_pass_counts_for_good(path: Path) -> None:
    """An exercise that was passed stays passed when a later attempt fails."""
    with Progress(path, write=True) as progress:
        progress.record_attempt(attempt(score=4))
        assert progress.standing("ex3") is Standing.ATTEMPTED
        progress.record_attempt(attempt(passed=True, score=10))
        progress.record_attempt(attempt(score=2))
    with Progress(path, write=False) as progress:
        summary = progress.summary()["ex3"]
    assert summary.standing is Standing.PASSED
    assert (summary.attempts, summary.best) == (3, 1.0)


def test_hints_count_up_to_those_there_are(path: Path) -> None:
    """One more at each taking, and never more than exist; a hint is no attempt."""
    with Progress(path, write=True) as progress:
        assert [progress.take_hint("ex3", available=3) for _ in range(5)] == [1, 2, 3, 3, 3]
        assert progress.hints_taken("ex3") == 3
        assert progress.take_hint("ex4", available=0) == 0
        summary = progress.summary()["ex3"]
    assert (summary.standing, summary.attempts, summary.hints) == (Standing.NEVER, 0, 3)


def test_hints_and_attempts_do_not_mix(path: Path) -> None:
    """Hints count once, however many attempts there are."""
    with Progress(path, write=True) as progress:
        progress.take_hint("ex3", available=3)
        for _ in range(3):
            progress.record_attempt(attempt(score=5))
        summary = progress.summary()["ex3"]
    assert (summary.attempts, summary.hints, summary.best) == (3, 1, 0.5)


def test_mistakes_are_counted(path: Path) -> None:
    """The most frequent mistake comes first."""
    with Progress(path, write=True) as progress:
        for mistake in ("sign", "half", "half", None):
            progress.record_attempt(attempt(mistake=mistake))
        assert progress.mistakes() == (
            MistakeCount("ex3", "half", 2),
            MistakeCount("ex3", "sign", 1),
        )


def test_reading_makes_no_file(path: Path) -> None:
    """A command that only looks leaves no trace."""
    with Progress(path, write=False) as progress:
        assert not progress.summary()
    assert not path.exists()


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_kill_in_the_middle_loses_nothing_reported(path: Path) -> None:
    """After kill -9 the database is whole and has every attempt that was confirmed."""
    confirmed = 0
    for _ in range(KILLS):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(0.05)
            writer.send_signal(signal.SIGKILL)
            confirmed += 1 + len(writer.stdout.read().splitlines())
        with Progress(path, write=True) as progress:
            assert progress.moved_aside is None
            kept = progress.summary()["ex1"].attempts
        # The last attempt may have been kept without having been confirmed.
        assert confirmed <= kept <= confirmed + 1
        confirmed = kept
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_many_processes_write_at_once(path: Path) -> None:
    """No hint is lost between processes, from the first moment of the database on."""
    command = [sys.executable, "-c", MANY_WRITERS, str(path)]
    writers = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    faults = [writer.communicate()[1] for writer in writers]
    assert faults == [""] * 4
    with Progress(path, write=False) as progress:
        assert progress.hints_taken("ex1") == 80


@pytest.mark.parametrize("write", [True, False])
def test_a_file_that_is_no_database_is_moved_aside(path: Path, *, write: bool) -> None:
    """Damage costs the record, not the command; the damaged file is kept as it was."""
    path.write_bytes(b"this is no database" * 100)
    with Progress(path, write=write) as progress:
        kept = progress.moved_aside
        progress.record_attempt(attempt())
    assert kept is not None
    assert kept.read_bytes() == b"this is no database" * 100
    with Progress(path, write=False) as progress:
        assert progress.moved_aside is None
        assert progress.summary()["ex3"].attempts == 1


def test_damage_inside_is_found(path: Path) -> None:
    """A database with a broken page is found on opening, not at a later question."""
    with Progress(path, write=True) as progress:
        for _ in range(200):
            progress.record_attempt(attempt())
    data = bytearray(path.read_bytes())
    data[4096 : 4096 * 4] = b"\xa5" * (4096 * 3)
    path.write_bytes(data)
    with Progress(path, write=True) as progress:
        assert progress.moved_aside is not None
        assert not progress.summary()


def test_a_newer_database_is_refused(path: Path) -> None:
    """A record of a later version is neither read wrongly nor moved away."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(WorkspaceError) as caught:
        Progress(path, write=True)
    assert "newer grader" in Catalog("en").explain(caught.value)
    assert path.exists()


def test_a_folder_in_the_way_is_named(path: Path) -> None:
    """What cannot be opened is reported with its path."""
    path.mkdir()
    with pytest.raises(WorkspaceError) as caught:
        Progress(path, write=True)
    assert str(path) in Catalog("en").explain(caught.value)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """A marker folder that is gone is reported, not made behind the learner's back."""
    with pytest.raises(WorkspaceError, match=r"progress\.failed"):
        Progress(tmp_path / "gone" / "progress.db", write=True)


def test_a_link_is_not_followed(tmp_path: Path, path: Path) -> None:
    """The record is not written through a link."""
    path.symlink_to(tmp_path / "outside.db")
    with pytest.raises(WorkspaceError, match="link"):
        Progress(path, write=True)
    assert not (tmp_path / "outside.db").exists()


def test_a_locked_database_is_waited_for_then_named(path: Path) -> None:
    """Another process that holds the lock too long gives a message, not a traceback."""
    with (
        Progress(path, write=True, patience_s=0.1) as progress,
        closing(sqlite3.connect(path)) as other,
    ):
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(WorkspaceError, match="locked"):
            progress.record_attempt(attempt())
