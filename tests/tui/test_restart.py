"""What one run leaves to the next."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from tests.tui.stage import Stage, all_pass

if TYPE_CHECKING:
    from grader.workspace import Workspace
    from tests.tui.conftest import Perform


def test_a_restart_opens_the_same_exercise_with_theme_and_progress(perform: Perform) -> None:
    """The exercise open, the theme, passes and hints are there again in the next run."""

    async def first(stage: Stage) -> None:
        await stage.press("down", "g")
        await stage.graded()
        await stage.press("down", "h", "t")

    async def second(stage: Stage) -> None:
        assert stage.app.desk.current.id == "ex3"
        assert stage.app.theme == "fjord"
        assert "✓ ex2 second_wind" in stage.text()
        assert "Hints 1/3" in stage.text()
        assert "1/3" in stage.lines()[0]

    perform(first, script=all_pass)
    perform(second)


def test_what_was_done_is_on_the_disk_before_the_program_ends(perform: Perform) -> None:
    """Half a second after the last key all is written, so that a kill loses nothing."""

    async def scenario(stage: Stage) -> None:
        await stage.press("down", "g")
        await stage.graded()
        await stage.until(lambda: stage.practice.settings().get("exercise") == "ex2")
        await stage.until(lambda: "ex2" in stage.practice.passed())

    perform(scenario, script=all_pass)


def test_settings_are_written_only_when_they_change(perform: Perform, workspace: Workspace) -> None:
    """A run that changes nothing leaves the record as it was."""

    async def open_and_close(stage: Stage) -> None:
        await stage.press("down", "up")

    perform(open_and_close)
    before = list(sqlite3.connect(workspace.progress_path).iterdump())
    stamp = workspace.progress_path.stat().st_mtime_ns
    perform(open_and_close)
    assert list(sqlite3.connect(workspace.progress_path).iterdump()) == before
    assert workspace.progress_path.stat().st_mtime_ns == stamp


def test_the_first_run_opens_the_first_unfinished_exercise(perform: Perform) -> None:
    """Without anything remembered, the first exercise that is not passed is open."""

    async def scenario(stage: Stage) -> None:
        assert stage.app.desk.current.id == "ex1"

    perform(scenario)


def test_a_newer_record_does_not_keep_anyone_from_practising(perform: Perform, workspace: Workspace) -> None:
    """A record that this program cannot read is told of, and everything else works."""
    with sqlite3.connect(workspace.progress_path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()

    async def scenario(stage: Stage) -> None:
        assert "written by a newer grader" in stage.note
        await stage.press("g")
        await stage.graded()
        assert "Checks 2/2" in stage.text()

    perform(scenario, script=all_pass)
