"""Removing what a worker left, however it left it."""

from __future__ import annotations

import os
import stat
from threading import Thread
from typing import TYPE_CHECKING

from grader.worker.scratch import remove_tree

if TYPE_CHECKING:
    from pathlib import Path


def test_an_ordinary_folder_goes(tmp_path: Path) -> None:
    """Files and folders go, and what a link points to stays."""
    kept = tmp_path / "kept"
    kept.write_text("mine", encoding="utf-8")
    folder = tmp_path / "scratch"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "file").write_text("x", encoding="utf-8")
    (folder / "link").symlink_to(kept)
    (folder / "tree").symlink_to(tmp_path, target_is_directory=True)
    remove_tree(folder)
    assert not folder.exists()
    assert kept.read_text(encoding="utf-8") == "mine"


def test_locked_folders_go(tmp_path: Path) -> None:
    """Folders that may be neither read nor entered are unlocked first."""
    folder = tmp_path / "scratch"
    inner = folder / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "file").write_text("x", encoding="utf-8")
    for locked in (inner, inner.parent, folder):
        locked.chmod(0)
    remove_tree(folder)
    assert not folder.exists()


def test_a_depth_beyond_the_stack_goes(tmp_path: Path) -> None:
    """Folders in folders, two thousand deep and with a path longer than the kernel takes, are no obstacle."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    before = os.open(".", os.O_RDONLY)
    try:
        os.chdir(folder)
        for _ in range(2000):
            os.mkdir("deep")  # noqa: PTH102 - its whole path would be too long
            os.chdir("deep")
    finally:
        os.fchdir(before)
        os.close(before)
    remove_tree(folder)
    assert not folder.exists()


def test_a_folder_that_is_gone_is_no_error(tmp_path: Path) -> None:
    """Removing nothing does nothing."""
    remove_tree(tmp_path / "gone")
    assert list(tmp_path.iterdir()) == []


def test_what_holds_the_folder_keeps_its_permissions(tmp_path: Path) -> None:
    """Where the folder is gone already, the one around it is left alone: it may be everybody's."""
    tmp_path.chmod(0o755)
    remove_tree(tmp_path / "gone")
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_what_a_link_points_at_keeps_its_permissions(tmp_path: Path) -> None:
    """A link in a locked folder does not lend its lock to a file elsewhere."""
    target = tmp_path / "target"
    target.touch(mode=0o644)
    target.chmod(0o644)
    folder = tmp_path / "scratch"
    folder.mkdir()
    (folder / "link").symlink_to(target)
    folder.chmod(0o500)
    remove_tree(folder)
    assert not folder.exists()
    assert stat.S_IMODE(target.stat().st_mode) == 0o644


def test_two_who_remove_the_same_folder_leave_nothing(tmp_path: Path) -> None:
    """One removes the whole while another is still removing a part."""
    folder = tmp_path / "scratch"
    for name in ("one", "two"):
        for number in range(300):
            (folder / name / str(number) / "inner").mkdir(parents=True)
            (folder / name / str(number) / "inner" / "file").touch()
    removers = [Thread(target=remove_tree, args=(each,)) for each in (folder / "one", folder, folder / "two")]
    for remover in removers:
        remover.start()
    for remover in removers:
        remover.join()
    assert not folder.exists()
