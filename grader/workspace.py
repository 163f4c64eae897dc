"""The folder that a learner works in: flat copies of the stubs and a hidden marker folder."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from grader.durable import create_file, doing, replace_file
from grader.errors import WorkspaceError
from grader.texts import Phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.model import Course, Exercise

MARKER = ".gradlings"
DEFAULT_NAME = "practice"


class Workspace(msgspec.Struct, frozen=True):
    """A learner's folder."""

    root: Path

    @property
    def marker(self) -> Path:
        """The hidden folder that makes this folder a workspace."""
        return self.root / MARKER

    @property
    def progress_path(self) -> Path:
        """The database of attempts."""
        return self.marker / "progress.db"

    @property
    def backups(self) -> Path:
        """Where `reset` keeps what it replaces."""
        return self.marker / "backups"

    def submission_path(self, exercise: Exercise) -> Path:
        """Return the learner's file for `exercise`."""
        return self.root / exercise.file_name

    def holds(self, file: Path) -> bool:
        """Say whether `file` lies in this workspace."""
        return file.resolve().is_relative_to(self.root.resolve())


class Created(msgspec.Struct, frozen=True):
    """What `create_workspace` did: the files it made, and those it found and left alone."""

    workspace: Workspace
    made: tuple[Path, ...]
    kept: tuple[Path, ...]


def default_workspace(start: Path) -> Path:
    """Return the folder in which a workspace is made when nobody names one."""
    return start / DEFAULT_NAME


def find_workspace(start: Path) -> Workspace | None:
    """Return the workspace of `start`: that folder, one above it, or its `practice`."""
    start = start.absolute()
    for folder in (start, *start.parents, default_workspace(start)):
        if _is_own_folder(folder / MARKER):
            return Workspace(folder)
    return None


def create_workspace(folder: Path, course: Course) -> Created:
    """Make `folder` a workspace with a file for every exercise; existing files stay."""
    workspace = Workspace(folder.absolute())
    _make_folder(workspace.root)
    made: list[Path] = []
    kept: list[Path] = []
    for exercise in course.exercises:
        path = workspace.submission_path(exercise)
        stub = _stub(exercise)
        with doing(Phrase("action.copy_stub"), path):
            (made if create_file(path, stub) else kept).append(path)
    # Last, so that an attempt that failed halfway is not taken for a workspace.
    _make_folder(workspace.marker)
    return Created(workspace, tuple(made), tuple(kept))


def reset(workspace: Workspace, exercise: Exercise, *, now: datetime | None = None) -> Path | None:
    """Put the stub of `exercise` back and return the backup of what was there, if anything."""
    path = workspace.submission_path(exercise)
    _refuse_special(path)
    stub = _stub(exercise)
    backup = _back_up(workspace, path, now or datetime.now(UTC)) if path.exists() else None
    with doing(Phrase("action.restore"), path):
        replace_file(path, stub)
    return backup


def missing_files(workspace: Workspace, exercises: Sequence[Exercise]) -> tuple[Exercise, ...]:
    """Return those of `exercises` whose file is not in the workspace."""
    return tuple(each for each in exercises if not workspace.submission_path(each).exists())


def _back_up(workspace: Workspace, path: Path, now: datetime) -> Path:
    _make_folder(workspace.backups)
    with doing(Phrase("action.read"), path):
        data = path.read_bytes()
    stamp = now.strftime("%Y%m%dT%H%M%S")
    number = 0
    while True:
        # Two resets in one second must not share a name.
        suffix = f"-{number}" if number else ""
        backup = workspace.backups / f"{path.stem}.{stamp}{suffix}.py"
        with doing(Phrase("action.back_up"), backup):
            if create_file(backup, data):
                return backup
        number += 1


def _make_folder(folder: Path) -> None:
    if folder.name in {MARKER, "backups"} and folder.is_symlink():
        raise WorkspaceError("workspace.link", path=folder)
    with doing(Phrase("action.make_folder"), folder):
        folder.mkdir(parents=True, exist_ok=True)


def _refuse_special(path: Path) -> None:
    # A reset that followed a link would read, and later seem to restore, another file.
    if path.is_symlink():
        raise WorkspaceError("workspace.link", path=path)
    if path.exists() and not path.is_file():
        raise WorkspaceError("workspace.not_a_file", path=path)


def _is_own_folder(folder: Path) -> bool:
    try:
        return folder.is_dir() and not folder.is_symlink()
    except OSError:
        return False


def _stub(exercise: Exercise) -> bytes:
    with doing(Phrase("action.read"), exercise.stub):
        return exercise.stub.read_bytes()
