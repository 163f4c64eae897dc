"""Noticing that a file was saved."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.saves import Method, Saves, file_system_of, method_for

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = frozenset({"ex01_a.py", "ex02_b.py"})
# Polling takes 0.2 s; the rest is for a busy machine.
PATIENCE_S = 30.0
# Longer than a lost event is looked for, and than a poll.
QUIET_S = 0.5


class Seen:
    """Saves as they are yielded, collected by a thread."""

    def __init__(self, saves: Saves) -> None:
        self.saves = saves
        self._queue: queue.SimpleQueue[tuple[float, frozenset[Path]]] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work)

    def __enter__(self) -> Self:
        self._thread.start()
        # Until it listens.
        time.sleep(0.3)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> float:
        """Stop, and return how long the thread took to end."""
        start = time.monotonic()
        self.saves.stop()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        return time.monotonic() - start

    def next(self) -> frozenset[Path]:
        """Return the files of the next save."""
        return self._queue.get(timeout=PATIENCE_S)[1]

    def next_time(self) -> float:
        """Return when the next save was told."""
        return self._queue.get(timeout=PATIENCE_S)[0]

    def nothing(self) -> bool:
        """Say whether nothing was told for a while."""
        time.sleep(QUIET_S)
        return self._queue.empty()

    def count(self) -> int:
        """Return how often something was told until now."""
        return self._queue.qsize()

    def _work(self) -> None:
        for files in self.saves:
            self._queue.put((time.monotonic(), files))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a file of a learner."""
    place = tmp_path / "practice"
    place.mkdir()
    (place / "ex01_a.py").write_text("stub", encoding="utf-8")
    return place


@pytest.fixture(params=["events", "polling"])
def method(request: pytest.FixtureRequest) -> Method:
    """Return each of the two methods."""
    chosen: Method = request.param
    return chosen


@pytest.fixture
def seen(folder: Path, method: Method) -> Iterator[Seen]:
    """Watch the folder."""
    with Seen(Saves(folder, NAMES, method=method)) as watching:
        yield watching


def save_by_rename(path: Path, text: str) -> None:
    """Save as vim, Emacs and PyCharm do."""
    draft = path.with_name(f".{path.name}.swp")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def test_save_in_place(seen: Seen, folder: Path) -> None:
    """A file that is written again is told."""
    (folder / "ex01_a.py").write_text("new", encoding="utf-8")
    assert seen.next() == {folder / "ex01_a.py"}


def test_save_by_rename(seen: Seen, folder: Path) -> None:
    """A file that another takes the place of is told, each time."""
    for text in ("first", "second", "third"):
        save_by_rename(folder / "ex01_a.py", text)
        assert seen.next() == {folder / "ex01_a.py"}


def test_save_with_backup_by_rename(seen: Seen, folder: Path) -> None:
    """An editor that renames the old file away and writes a new one is one save."""
    path = folder / "ex01_a.py"
    path.rename(folder / "ex01_a.py~")
    time.sleep(0.05)
    path.write_text("new", encoding="utf-8")
    assert seen.next() == {path}
    assert seen.nothing()


def test_same_content_is_no_save(seen: Seen, folder: Path) -> None:
    """Neither writing the same again nor touching the file nor its mode is told."""
    path = folder / "ex01_a.py"
    path.write_text("stub", encoding="utf-8")
    path.touch()
    path.chmod(0o600)
    save_by_rename(path, "stub")
    assert seen.nothing()


def test_change_and_back(seen: Seen, folder: Path) -> None:
    """What was seen last counts, not what was seen first."""
    path = folder / "ex01_a.py"
    path.write_text("new", encoding="utf-8")
    assert seen.next() == {path}
    path.write_text("stub", encoding="utf-8")
    assert seen.next() == {path}


def test_gone_for_a_moment(seen: Seen, folder: Path) -> None:
    """A file that is away while an editor saves, and comes back as it was, is no save."""
    path = folder / "ex01_a.py"
    path.rename(folder / "away")
    time.sleep(0.3)
    (folder / "away").rename(path)
    assert seen.nothing()


def test_deleted_and_back(seen: Seen, folder: Path) -> None:
    """A deleted file is not told, but its return is, whatever it holds."""
    path = folder / "ex01_a.py"
    path.unlink()
    assert seen.nothing()
    time.sleep(0.8)
    path.write_text("stub", encoding="utf-8")
    assert seen.next() == {path}


def test_file_that_was_not_there(seen: Seen, folder: Path) -> None:
    """A file that is made later is told."""
    (folder / "ex02_b.py").write_text("", encoding="utf-8")
    assert seen.next() == {folder / "ex02_b.py"}


def test_other_files_do_not_count(seen: Seen, folder: Path) -> None:
    """Only the named files of this very folder are told."""
    (folder / "notes.py").write_text("", encoding="utf-8")
    (folder / "sub").mkdir()
    (folder / "sub" / "ex01_a.py").write_text("", encoding="utf-8")
    assert seen.nothing()


def test_what_takes_the_place_of_a_file(seen: Seen, folder: Path) -> None:
    """A folder or a pipe of that name is like no file, and a pipe stops nothing."""
    path = folder / "ex01_a.py"
    path.unlink()
    os.mkfifo(path)
    (folder / "ex02_b.py").mkdir()
    assert seen.nothing()
    path.unlink()
    path.write_text("new", encoding="utf-8")
    assert seen.next() == {path}


def test_same_size_and_time(seen: Seen, folder: Path) -> None:
    """A second save within the grain of the file system's clock is told."""
    path = folder / "ex01_a.py"
    for text in ("abcd", "efgh"):
        with path.open("r+", encoding="utf-8") as file:
            file.write(text)
        os.utime(path, (1, 1))
        assert seen.next() == {path}


def test_burst(seen: Seen, folder: Path) -> None:
    """After ten saves in two seconds the last one has been told, and soon."""
    path = folder / "ex01_a.py"
    for number in range(10):
        save_by_rename(path, f"version {number}")
        last = time.monotonic()
        time.sleep(0.2)
    time.sleep(0.3)
    told = [seen.next_time() for _ in range(seen.count())]
    assert len(told) >= 5
    assert told[-1] - last < 0.5


def test_writes_without_end(folder: Path) -> None:
    """A file that never comes to rest is told all the same."""
    path = folder / "ex01_a.py"
    with Seen(Saves(folder, NAMES, method="events")) as seen:
        for number in range(50):
            path.write_text(f"version {number}", encoding="utf-8")
            time.sleep(0.01)
        assert seen.count() >= 3


def test_change_before_the_iteration(folder: Path, method: Method) -> None:
    """What is saved after the watch was made, and before anybody listened, is told."""
    saves = Saves(folder, NAMES, method=method)
    (folder / "ex01_a.py").write_text("new", encoding="utf-8")
    with Seen(saves) as seen:
        assert seen.next() == {folder / "ex01_a.py"}


def test_events_are_prompt(folder: Path) -> None:
    """With events the median save is told within 0.1 s."""
    delays = []
    with Seen(Saves(folder, NAMES, method="events")) as seen:
        for number in range(11):
            save_by_rename(folder / "ex01_a.py", f"version {number}")
            start = time.monotonic()
            delays.append(seen.next_time() - start)
    assert sorted(delays)[5] < 0.1


def test_link_to_a_file(folder: Path, tmp_path: Path, method: Method) -> None:
    """A file that is a link is told when its target is saved, and when it leads elsewhere."""
    first, second = tmp_path / "first" / "a.py", tmp_path / "second" / "b.py"
    for target in (first, second):
        target.parent.mkdir()
        target.write_text("old", encoding="utf-8")
    link = folder / "ex02_b.py"
    link.symlink_to(first)
    with Seen(Saves(folder, NAMES, method=method)) as seen:
        first.write_text("new", encoding="utf-8")
        assert seen.next() == {link}
        second.write_text("other", encoding="utf-8")
        link.unlink()
        link.symlink_to(second)
        assert seen.next() == {link}
        time.sleep(0.2)
        second.write_text("newer", encoding="utf-8")
        assert seen.next() == {link}


def test_link_to_the_folder(folder: Path, tmp_path: Path, method: Method) -> None:
    """A folder is watched through a link, and its files keep the name that the link gives them."""
    link = tmp_path / "link"
    link.symlink_to(folder)
    with Seen(Saves(link, NAMES, method=method)) as seen:
        save_by_rename(folder / "ex01_a.py", "new")
        assert seen.next() == {link / "ex01_a.py"}


def test_link_to_nowhere(folder: Path, tmp_path: Path, method: Method) -> None:
    """Links that lead nowhere, or round in a circle, are like no file."""
    (folder / "ex02_b.py").symlink_to(tmp_path / "nowhere" / "b.py")
    (folder / "ex01_a.py").unlink()
    (folder / "ex01_a.py").symlink_to(folder / "ex01_a.py")
    with Seen(Saves(folder, NAMES, method=method)) as seen:
        assert seen.nothing()


def test_folder_is_replaced(folder: Path, method: Method) -> None:
    """Another folder of the same name is watched like the first."""
    with Seen(Saves(folder, NAMES, method=method)) as seen:
        folder.rename(folder.with_name("old"))
        folder.mkdir()
        (folder / "ex01_a.py").write_text("new", encoding="utf-8")
        assert seen.next() == {folder / "ex01_a.py"}
        (folder / "ex01_a.py").write_text("newer", encoding="utf-8")
        assert seen.next() == {folder / "ex01_a.py"}


def test_stop_is_prompt(seen: Seen) -> None:
    """Stopping takes less than 0.1 s."""
    assert seen.stop() < 0.1


def test_stop_before_the_iteration(folder: Path, method: Method) -> None:
    """What was stopped yields nothing."""
    saves = Saves(folder, NAMES, method=method)
    saves.stop()
    assert list(saves) == []


def test_no_more_watches(folder: Path) -> None:
    """Where the kernel has no more watches to give, polling takes over and says so."""
    script = (
        "import sys, threading, time; from pathlib import Path; from grader.saves import Saves\n"
        f"saves = Saves(Path({str(folder)!r}), frozenset({{'ex01_a.py'}}), method='events')\n"
        f"write = lambda: Path({str(folder / 'ex01_a.py')!r}).write_text('new')\n"
        "threading.Timer(0.5, write).start()\n"
        "for files in saves:\n    print(saves.method, *[each.name for each in files]); saves.stop()\n"
    )
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("unshare is not installed")
    setting = "/proc/sys/user/max_inotify_instances"
    done = subprocess.run(
        [unshare, "-Ur", "sh", "-c", f'echo 0 > {setting} && exec "$@"', "sh", sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    if "Operation not permitted" in done.stderr or "cannot create" in done.stderr:
        pytest.skip("namespaces are not permitted here")
    assert done.stdout == "polling ex01_a.py\n", done.stderr


@pytest.mark.parametrize(
    ("value", "method"),
    [("1", "polling"), ("true", "polling"), ("", "events"), ("false", "events"), ("Disabled", "events")],
)
def test_forced_polling(tmp_path: Path, value: str, method: Method) -> None:
    """WATCHFILES_FORCE_POLLING decides as it does for watchfiles."""
    assert method_for(tmp_path, {"WATCHFILES_FORCE_POLLING": value}) == method


def test_method_of_this_folder(folder: Path) -> None:
    """A local folder is watched by events, and the watch says so."""
    assert Saves(folder, NAMES).method == method_for(folder, os.environ)


MOUNTS = """\
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 27 0:40 / /home rw,relatime shared:2 master:3 - autofs systemd-1 rw
41 40 0:41 / /home rw,relatime - nfs4 server:/home rw,vers=4.2
42 41 0:42 / /home/ann/my\\040disk rw - vfat /dev/sdb1 rw
43 27 0:43 / /mnt/c rw,noatime - 9p C:\\134 rw,dirsync,aname=drvfs
broken line
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv/x", "ext4"),
        ("/", "ext4"),
        ("/home/ann/practice", "nfs4"),
        ("/home", "nfs4"),
        ("/homes/ann", "ext4"),
        ("/home/ann/my disk/practice", "vfat"),
        ("/mnt/c/Users/Ann", "9p"),
    ],
)
def test_file_system(folder: str, kind: str) -> None:
    """The last mount of the longest path that holds the folder decides; names may hold spaces."""
    assert file_system_of(Path(folder), MOUNTS) == kind


@given(st.text())
def test_any_table_of_mounts(text: str) -> None:
    """No table of mounts, however broken, makes it fail."""
    assert isinstance(file_system_of(Path("/home"), text), str)
