"""The limits that the keeper of workers watches."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.model import Limits
from grader.worker.limits import DISK, THREADS, Watch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")
MIB = 1 << 20


def broken(scratch: Path, limits: Limits, *, looks: int = 10) -> set[str]:
    """Return what a watch over this process finds in so many looks."""
    watch = Watch(os.getpid(), scratch, limits)
    return {watch.broken_limit() for _ in range(looks)}


def test_within_the_limits_nothing_is_broken(tmp_path: Path) -> None:
    """A process with few threads and an empty folder is left alone."""
    assert broken(tmp_path, Limits(threads=10_000)) == {""}


def test_threads_are_counted(tmp_path: Path) -> None:
    """One thread is one too many where none may be."""
    assert broken(tmp_path, Limits(threads=0)) == {THREADS}


def test_many_threads_come_last(tmp_path: Path) -> None:
    """A process of many threads has the lowest priority from then on, in every thread; one of a few has not."""
    code = (
        "import sys, threading\nfor _ in range(int(sys.argv[1])):\n    threading.Thread(target=sys.stdin.read).start()"
    )
    for more, priority in ((2, 0), (8, 19)):
        command = [sys.executable, "-c", code + "\nprint(flush=True)", str(more)]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, start_new_session=True) as busy:
            assert busy.stdout is not None
            busy.stdout.readline()
            assert Watch(busy.pid, tmp_path, Limits()).broken_limit() == ""
            threads = [int(each.name) for each in Path(f"/proc/{busy.pid}/task").iterdir()]
            assert len(threads) == more + 1
            assert {os.getpriority(os.PRIO_PROCESS, thread) for thread in threads} == {priority}


def test_files_are_added_up_through_all_folders(tmp_path: Path) -> None:
    """Many small files count as one large one does; so do empty ones in the end."""
    limits = Limits(threads=10_000, disk_bytes=MIB)
    for place in (tmp_path / "a", tmp_path / "a" / "b"):
        place.mkdir()
        (place / "file").write_bytes(bytes(400_000))
    assert broken(tmp_path, limits) == {""}
    (tmp_path / "more").write_bytes(bytes(400_000))
    assert broken(tmp_path, limits) == {DISK}


def test_links_do_not_lead_out(tmp_path: Path) -> None:
    """What a link points to is not counted."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (tmp_path / "large").write_bytes(bytes(2 * MIB))
    (scratch / "link").symlink_to(tmp_path / "large")
    (scratch / "tree").symlink_to(tmp_path, target_is_directory=True)
    assert broken(scratch, Limits(threads=10_000, disk_bytes=MIB)) == {""}


def test_a_deleted_file_that_is_open_counts(tmp_path: Path) -> None:
    """Deleting a file does not give its room back while it is open."""
    limits = Limits(threads=10_000, disk_bytes=64 * MIB)
    with (tmp_path / "file").open("wb") as file:
        before = broken(tmp_path, limits)
        file.write(bytes(65 * MIB))
        file.flush()
        (tmp_path / "file").unlink()
        assert (before, broken(tmp_path, limits)) == ({""}, {DISK})
    assert broken(tmp_path, limits) == {""}


def test_a_process_that_is_gone_breaks_nothing(tmp_path: Path) -> None:
    """Between its end and its burial a worker has no threads and no files."""
    assert Watch(1 << 30, tmp_path, Limits()).broken_limit() == ""
