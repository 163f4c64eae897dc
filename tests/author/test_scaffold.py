"""Beginning an exercise: files that are proven at once, one more line in course.toml, and nothing overwritten."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.author.course_file import CourseText
from grader.author.proofs import Effort
from grader.author.running import verify
from grader.author.scaffold import Wish, begin_exercise
from grader.course import load_course
from grader.errors import CourseError, GraderError, UsageError, WorkspaceError
from grader.texts import Catalog
from tests.author.planting import rewrite

if TYPE_CHECKING:
    from pathlib import Path

HEAD = 'title = { en = "a", zh = "甲" }\n[[chapters]]\nnumber = 1\ntitle = { en = "b", zh = "乙" }\n'
LINE = 'ex01_a = { chapter = 1, points = 1, fill = ["a"], title = { en = "a", zh = "甲" } }\n'


def said(error: GraderError) -> str:
    """Return what a user reads."""
    return Catalog("en").explain(error)


def all_files(folder: Path) -> dict[str, bytes]:
    """Return the contents of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("missing", ["fresh", "empty"])
def test_new_course_is_green_but_for_its_placeholders(tmp_path: Path, missing: str) -> None:
    """In a folder without a course one is begun, whose exercise is proven once the marks are gone."""
    root = tmp_path / "mine"
    if missing == "empty":
        root.mkdir()
    begun = begin_exercise(root, Wish(slug="half_life", title_en='The "half"', title_zh="半衰期"))
    assert (begun.name, begun.exercise, begun.new_course) == ("ex01_half_life", "ex1", begun.course_file)
    course = load_course(root)
    assert course.exercises[0].title.en == 'The "half"'
    effort = Effort(right_seeds=3, mistake_seeds=3)
    (found,) = verify(course, course.exercises, effort=effort)
    assert found.to_mend == len(found.texts)
    assert all("still holds the text of the template" in text for text in found.texts)
    named = {text.partition(":")[0].rpartition("/")[2] for text in found.texts}
    assert named == {path.name for path in begun.files} | {"course.toml"}
    for path in (*begun.files, begun.course_file):
        rewrite(path, '"✎"', '"none"') if path.name == "hints.toml" else None
        path.write_text(path.read_text(encoding="utf-8").replace("✎ ", ""), encoding="utf-8")
    course = load_course(root)
    (found,) = verify(course, course.exercises, effort=effort)
    assert found.proven, found


def test_next_exercise_follows_the_others(copied: Path) -> None:
    """The next number is taken, the last chapter, and all else in course.toml stays as it was."""
    path = copied / "exercises" / "course.toml"
    before = path.read_text(encoding="utf-8")
    begun = begin_exercise(copied, Wish(slug="centred"))
    after = path.read_text(encoding="utf-8")
    assert after.startswith(before)
    assert after.count("\n") == before.count("\n") + 1
    assert begun.name == "ex03_centred"
    assert [each.id for each in load_course(copied).exercises] == ["ex1", "ex2", "ex3"]
    assert load_course(copied).exercises[-1].chapter == 4


def test_right_solutions_go_where_the_tests_keep_them(copied: Path) -> None:
    """A course whose tests hold its right solutions gets the new one there."""
    (copied / "tests" / "course" / "right").mkdir(parents=True)
    begun = begin_exercise(copied, Wish(slug="centred"))
    assert copied / "tests" / "course" / "right" / "ex03_centred" / "another_way.py" in begun.files


@pytest.mark.parametrize("slug", ["", "Squared", "1st", "two words", "../up", "a-b", "lambda", "run", "é", "a\n"])
def test_bad_slug_is_refused(tmp_path: Path, slug: str) -> None:
    """What cannot be the name of a function and of a folder is refused, with an example."""
    with pytest.raises(UsageError) as caught:
        begin_exercise(tmp_path, Wish(slug=slug))
    assert "as in squared_loss" in said(caught.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("wish", "what"),
    [
        (Wish(slug="tally"), "There is an exercise ex02_tally already. Choose another slug"),
        (Wish(slug="centred", chapter=7), "There is no chapter 7 in"),
        (Wish(slug="left"), "exists already, and nothing is overwritten"),
        (Wish(slug="lone"), "exists already, and nothing is overwritten"),
    ],
)
def test_what_exists_is_refused(copied: Path, wish: Wish, what: str) -> None:
    """An exercise, a folder or a solution of that name, or a chapter that is not there: nothing is touched."""
    (copied / "exercises" / "ex03_left").mkdir()
    (copied / "solutions" / "ex03_lone.py").write_text("mine\n", encoding="utf-8")
    before = all_files(copied)
    with pytest.raises(UsageError) as caught:
        begin_exercise(copied, wish)
    assert what in said(caught.value)
    assert all_files(copied) == before
    assert not (copied / "exercises" / "ex03_lone").exists()


def test_nothing_half_made_is_left(tmp_path: Path) -> None:
    """Where the files cannot be written, what was made is taken away again."""
    root = tmp_path / "mine"
    root.mkdir()
    (root / "solutions").write_text("a file in the way", encoding="utf-8")
    with pytest.raises(WorkspaceError):
        begin_exercise(root, Wish(slug="centred"))
    assert all_files(root) == {"solutions": b"a file in the way"}
    assert not (root / "exercises").exists()


def test_broken_course_is_told(copied: Path) -> None:
    """A course.toml that is no TOML, or not UTF-8, is a fault of the course."""
    path = copied / "exercises" / "course.toml"
    for broken in (b"title = {", b"title = '\xff'"):
        path.write_bytes(broken)
        with pytest.raises(CourseError):
            begin_exercise(copied, Wish(slug="centred"))
        assert path.read_bytes() == broken


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HEAD + "[exercises]\n" + LINE, HEAD + "[exercises]\n" + LINE + "NEW\n"),
        (HEAD + "[exercises]\n" + LINE.rstrip(), HEAD + "[exercises]\n" + LINE + "NEW\n"),
        (HEAD + "[exercises]\n", HEAD + "[exercises]\nNEW\n"),
        (
            HEAD + "[ exercises ] # all\n\n" + LINE + "# end\n\n",
            HEAD + "[ exercises ] # all\n\n" + LINE + "# end\nNEW\n\n",
        ),
        (
            "[exercises]\n" + LINE + "\n[title]\nen = 'a'\nzh = '甲'\n\n[[chapters]]\nnumber = 1\n",
            "[exercises]\n" + LINE + "NEW\n\n[title]\nen = 'a'\nzh = '甲'\n\n[[chapters]]\nnumber = 1\n",
        ),
        (
            "note = '''\n[exercises]\n'''\n" + HEAD + "[exercises]\n" + LINE,
            "note = '''\n[exercises]\n'''\n" + HEAD + "[exercises]\n" + LINE + "NEW\n",
        ),
        ("\ufeff" + HEAD + "[exercises]\r\n" + LINE, "\ufeff" + HEAD + "[exercises]\r\n" + LINE.rstrip() + "\r\nNEW\n"),
    ],
)
def test_line_goes_to_the_end_of_its_table(tmp_path: Path, before: str, after: str) -> None:
    """The line is added to the table, wherever that stands; every other byte stays."""
    text = CourseText(tmp_path / "course.toml", before)
    changed = text.with_exercise("ex02_b", chapter=1, fill="b", title={"en": "b", "zh": "乙"}).decode()
    line = 'ex02_b = { chapter = 1, points = 10, fill = ["b"], title = { en = "b", zh = "乙" } }'
    assert changed == after.replace("NEW", line)


@pytest.mark.parametrize("table", ["exercises = {}\n", "[exercises.ex01_a]\nchapter = 1\n", ""])
def test_course_without_a_table_is_refused(tmp_path: Path, table: str) -> None:
    """Where no line can be added, the author is told, and nothing is guessed."""
    text = CourseText(tmp_path / "course.toml", table)
    with pytest.raises(UsageError) as caught:
        text.with_exercise("ex02_b", chapter=1, fill="b", title={"en": "b", "zh": "乙"})
    assert "no table [exercises]" in said(caught.value)


@given(st.text(), st.text())
def test_any_title_is_written_as_it_is(en: str, zh: str) -> None:
    """Quotes, line breaks and control characters in a title are escaped."""
    from pathlib import Path  # noqa: PLC0415 - a fixture and a generator do not mix

    text = CourseText(Path("course.toml"), HEAD + "[exercises]\n" + LINE)
    changed = tomllib.loads(text.with_exercise("ex02_b", chapter=1, fill="b", title={"en": en, "zh": zh}).decode())
    assert changed["exercises"]["ex02_b"]["title"] == {"en": en, "zh": zh}
