"""The state behind the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.errors import CourseError
from grader.model import Status
from grader.practice import Practice
from tests.tui.stage import check
from tui.desk import Desk, Filter, Outcome, digest_if_there

if TYPE_CHECKING:
    from pathlib import Path

    from grader.model import Course
    from grader.workspace import Workspace


@pytest.fixture
def desk(course: Course, workspace: Workspace) -> Desk:
    """Return the desk of a learner who has done nothing yet."""
    return Desk(Practice(course, workspace))


def test_the_next_unfinished_goes_round_and_ends(desk: Desk, course: Course) -> None:
    """From the last exercise the search goes on at the first; when all are passed there is none."""
    desk.current = course.exercises[-1]
    found = desk.next_unfinished()
    assert found is not None
    assert found.id == "ex1"


def test_started_files_are_those_that_differ_from_the_stub(desk: Desk, workspace: Workspace) -> None:
    """A missing file, a stub and a folder are not started; a changed file is."""
    (workspace.root / "ex01_first_steps.py").unlink()
    (workspace.root / "ex02_second_wind.py").write_text("a = 1\n", encoding="utf-8")
    assert [each.id for each in desk.started()] == ["ex2"]
    (workspace.root / "ex02_second_wind.py").unlink()
    (workspace.root / "ex02_second_wind.py").mkdir()
    assert desk.started() == ()


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", ["ex1", "ex2", "ex3"]),
        ("EX2", ["ex2"]),
        ("third time", ["ex3"]),
        ("time third", ["ex3"]),
        ("的标题 ex01", ["ex1"]),
        ("[", []),
    ],
)
def test_search_wants_every_word_somewhere(desk: Desk, query: str, ids: list[str]) -> None:
    """Words are found in id, slug or either title, in any order and case."""
    desk.query = query
    assert [each.id for each in desk.visible()] == ids


def test_filters_go_by_what_was_passed(desk: Desk) -> None:
    """Without a pass, done is empty and pending is all."""
    desk.filter = Filter.DONE
    assert desk.visible() == ()
    desk.filter = Filter.PENDING
    assert len(desk.visible()) == 3


def test_outputs_are_given_once_with_their_first_check() -> None:
    """Equal output of several checks counts once; blank output does not count."""
    checks = (
        check("a", output="same"),
        check("b", output="same"),
        check("c", output=" \n"),
        check("d", output="other"),
    )
    outcome = Outcome(checks=checks)
    assert [(text, each.name) for text, each in outcome.outputs] == [("same", "a"), ("other", "d")]


def test_the_first_failed_check_is_where_to_look() -> None:
    """The row of the first check that did not pass, or else the first."""
    assert Outcome(checks=(check("a"), check("b", Status.ERROR))).first_failed == 1
    assert Outcome(checks=(check("a"),)).first_failed == 0


def test_broken_hints_say_so_when_they_are_asked_for(desk: Desk) -> None:
    """A course whose hints cannot be read still opens; asking for a hint raises."""
    desk.current.hints.write_text("not toml", encoding="utf-8")
    with pytest.raises(CourseError):
        desk.open_hint()


def test_a_digest_of_what_cannot_be_read_is_nothing(tmp_path: Path) -> None:
    """Folders and missing files have none."""
    assert digest_if_there(tmp_path) is None
    assert digest_if_there(tmp_path / "missing") is None


def test_a_skipped_check_is_not_shown_as_the_failure() -> None:
    """The cursor goes to what failed, and after a pass to the first check, whatever was skipped on this computer."""
    skipped = check("test_device", Status.SKIPPED)
    assert Outcome(checks=(skipped, check("test_one"), check("test_two", Status.ERROR))).first_failed == 2
    assert Outcome(checks=(check("test_one"), skipped)).first_failed == 0
