"""Making a workspace, finding it, and putting stubs back."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from grader.course import load_course
from grader.durable import create_file, replace_file
from grader.errors import WorkspaceError
from grader.texts import Catalog
from grader.workspace import Workspace, create_workspace, default_workspace, find_workspace, missing_files, reset

if TYPE_CHECKING:
    from pathlib import Path

    from grader.model import Course

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def course(course_root: Path) -> Course:
    """Return a small course."""
    return load_course(course_root)


@pytest.fixture
def workspace(tmp_path: Path, course: Course) -> Workspace:
    """Return a fresh workspace for the small course."""
    return create_workspace(tmp_path / "practice", course).workspace


def leftovers(folder: Path) -> list[Path]:
    """Return the drafts that an interrupted write would leave in `folder`."""
    return list(folder.rglob("*.tmp"))


def test_workspace_holds_flat_copies_of_the_stubs(workspace: Workspace, course: Course) -> None:
    """Each exercise is one file, named as its folder, equal to the stub."""
    names = sorted(path.name for path in workspace.root.iterdir())
    assert names == [".gradlings", *(each.file_name for each in course.exercises)]
    for exercise in course.exercises:
        assert workspace.submission_path(exercise).read_bytes() == exercise.stub.read_bytes()
    assert not leftovers(workspace.root)


def test_making_it_again_adds_only_what_is_missing(workspace: Workspace, course: Course) -> None:
    """A file that exists is never overwritten; a deleted one comes back."""
    first, second, third = map(workspace.submission_path, course.exercises)
    first.write_text("mine", encoding="utf-8")
    second.unlink()
    created = create_workspace(workspace.root, course)
    assert created.made == (second,)
    assert created.kept == (first, third)
    assert first.read_text(encoding="utf-8") == "mine"


def test_a_dangling_link_is_left_alone(tmp_path: Path, course: Course) -> None:
    """A stub is not written through a link to wherever it points."""
    root = tmp_path / "practice"
    root.mkdir()
    outside = tmp_path / "outside.py"
    link = root / course.exercises[0].file_name
    link.symlink_to(outside)
    created = create_workspace(root, course)
    assert created.kept == (link,)
    assert not outside.exists()


def test_search_goes_up_and_into_practice(tmp_path: Path, workspace: Workspace) -> None:
    """The workspace is found from inside it, from below, and from beside `practice`."""
    below = workspace.root / "deep" / "deeper"
    below.mkdir(parents=True)
    assert default_workspace(tmp_path) == workspace.root
    for start in (workspace.root, below, tmp_path):
        assert find_workspace(start) == workspace


def test_search_ends_with_nothing(tmp_path: Path) -> None:
    """A folder `practice` without the marker is not a workspace."""
    (tmp_path / "practice").mkdir()
    assert find_workspace(tmp_path) is None


def test_a_file_in_the_way_is_named(tmp_path: Path, course: Course) -> None:
    """A file where the folder should be is reported with its path."""
    (tmp_path / "practice").write_text("", encoding="utf-8")
    with pytest.raises(WorkspaceError) as caught:
        create_workspace(tmp_path / "practice", course)
    said = Catalog("en").explain(caught.value)
    assert said.startswith(f"Cannot make the folder {tmp_path / 'practice'}: a file stands where")


def test_reset_keeps_a_backup(workspace: Workspace, course: Course) -> None:
    """The learner's text goes to a dated backup and the stub comes back."""
    exercise = course.exercises[0]
    path = workspace.submission_path(exercise)
    path.write_bytes("答案 = 1\r\n".encode())
    backup = reset(workspace, exercise, now=NOON)
    assert backup == workspace.backups / "ex01_first_steps.20250601T120000.py"
    assert backup.read_bytes() == "答案 = 1\r\n".encode()
    assert path.read_bytes() == exercise.stub.read_bytes()


def test_resets_in_one_second_keep_both_backups(workspace: Workspace, course: Course) -> None:
    """No backup overwrites another."""
    exercise = course.exercises[0]
    path = workspace.submission_path(exercise)
    for text in ("one", "two", "three"):
        path.write_text(text, encoding="utf-8")
        reset(workspace, exercise, now=NOON)
    kept = {backup.read_text(encoding="utf-8") for backup in workspace.backups.iterdir()}
    assert kept == {"one", "two", "three"}


def test_reset_restores_a_deleted_file(workspace: Workspace, course: Course) -> None:
    """Where nothing was, there is nothing to back up."""
    exercise = course.exercises[0]
    workspace.submission_path(exercise).unlink()
    assert missing_files(workspace, course.exercises) == (exercise,)
    assert reset(workspace, exercise) is None
    assert not missing_files(workspace, course.exercises)


def test_reset_refuses_a_link(tmp_path: Path, workspace: Workspace, course: Course) -> None:
    """A linked file is neither replaced nor written through."""
    exercise = course.exercises[0]
    outside = tmp_path / "outside.py"
    outside.write_text("precious", encoding="utf-8")
    path = workspace.submission_path(exercise)
    path.unlink()
    path.symlink_to(outside)
    with pytest.raises(WorkspaceError) as caught:
        reset(workspace, exercise)
    assert "is a symbolic link" in Catalog("en").explain(caught.value)
    assert outside.read_text(encoding="utf-8") == "precious"


def test_reset_refuses_a_folder(workspace: Workspace, course: Course) -> None:
    """A folder in the place of the file is reported, not deleted."""
    exercise = course.exercises[0]
    path = workspace.submission_path(exercise)
    path.unlink()
    path.mkdir()
    with pytest.raises(WorkspaceError, match="not_a_file"):
        reset(workspace, exercise)


def test_reset_changes_nothing_when_the_backup_fails(workspace: Workspace, course: Course) -> None:
    """Without a backup the learner's file is not touched."""
    exercise = course.exercises[0]
    path = workspace.submission_path(exercise)
    path.write_text("precious", encoding="utf-8")
    workspace.backups.write_text("in the way", encoding="utf-8")
    with pytest.raises(WorkspaceError, match="make_folder"):
        reset(workspace, exercise)
    assert path.read_text(encoding="utf-8") == "precious"


def test_backups_do_not_follow_a_linked_folder(tmp_path: Path, workspace: Workspace, course: Course) -> None:
    """A planted link in the place of the backups leads nothing out of the workspace."""
    outside = tmp_path / "outside"
    outside.mkdir()
    workspace.backups.symlink_to(outside, target_is_directory=True)
    with pytest.raises(WorkspaceError, match=r"workspace\.link"):
        reset(workspace, course.exercises[0])
    assert not list(outside.iterdir())


def test_files_outside_do_not_belong(tmp_path: Path, workspace: Workspace, course: Course) -> None:
    """A file counts as the workspace's own by where it really lies."""
    own = workspace.submission_path(course.exercises[0])
    outside = tmp_path / "outside.py"
    outside.write_text("", encoding="utf-8")
    link = workspace.root / "link.py"
    link.symlink_to(outside)
    assert workspace.holds(own)
    assert not workspace.holds(outside)
    assert not workspace.holds(link)


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    """A disk that fills up in the middle costs neither the old text nor leaves a draft."""
    path = tmp_path / "file.py"
    path.write_text("old", encoding="utf-8")
    script = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from grader.durable import *; from grader.texts import Phrase\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "path = Path(sys.argv[1])\n"
        "try:\n"
        "    with doing(Phrase('action.restore'), path): replace_file(path, b'x' * 1000)\n"
        "except Exception as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    assert "reason.disk_full" in done.stdout
    assert path.read_text(encoding="utf-8") == "old"
    assert not leftovers(tmp_path)


def test_replacing_a_link_spares_its_target(tmp_path: Path) -> None:
    """A write to the name of a link puts a file there and leaves the other alone."""
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    replace_file(link, b"new")
    assert target.read_bytes() == b"old"
    assert link.read_bytes() == b"new"
    assert not link.is_symlink()


def test_new_files_have_the_usual_permissions(tmp_path: Path) -> None:
    """A copied stub is as readable as a file that an editor makes."""
    ordinary, made = tmp_path / "ordinary", tmp_path / "made"
    ordinary.write_bytes(b"")
    assert create_file(made, b"")
    assert made.stat().st_mode == ordinary.stat().st_mode


def test_of_two_creators_one_wins(tmp_path: Path) -> None:
    """Many processes that make one file at once agree on the first."""
    path = tmp_path / "file"
    script = (
        "import os, sys; from pathlib import Path; from grader.durable import create_file\n"
        "print(int(create_file(Path(sys.argv[1]), os.urandom(8))))\n"
    )
    runs = [subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE) for _ in range(4)]
    made = [int(run.communicate()[0]) for run in runs]
    assert sum(made) == 1
    assert len(path.read_bytes()) == 8
