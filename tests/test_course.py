"""Loading a course, and the message for each way in which it can be broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.course import find_exercise, load_course, load_hints
from grader.errors import CourseError, UsageError
from grader.texts import Catalog
from tests.small_course import CHAPTERS, HINTS, WriteCourse, line

if TYPE_CHECKING:
    from pathlib import Path


def message(error: CourseError | UsageError) -> str:
    """Return what a user reads."""
    return Catalog("en").explain(error)


def test_records_come_from_the_lines(write_course: WriteCourse) -> None:
    """The id and the slug are read off the name; the rest is as written, in order."""
    lines = line("ex02_second_wind") + line("ex01_first_steps", chapter=2, more=', preload = ["torch.func"]')
    root = write_course(lines=lines)
    course = load_course(root)
    second, first = course.exercises
    assert (second.id, second.slug, second.number) == ("ex2", "second_wind", 2)
    assert (first.chapter, first.points, first.fill) == (2, 10.0, ("f",))
    assert first.preload == ("torch.func",)
    assert first.title.zh == "ex01_first_steps 的标题"
    assert first.solution == root.parent / "solutions" / "ex01_first_steps.py"
    assert [chapter.number for chapter in course.chapters] == [1, 2]


def test_course_says_how_much_it_wants(write_course: WriteCourse) -> None:
    """`least` is what an author has to write for every exercise; without it little is asked."""
    root = write_course()
    course = load_course(root)
    assert (course.least_mistakes, course.least_right) == (1, 0)
    path = root / "course.toml"
    path.write_text(f"least = {{ mistakes = 8, right = 4 }}\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    course = load_course(root)
    assert (course.least_mistakes, course.least_right) == (8, 4)


def test_parent_folder_is_accepted(course_root: Path) -> None:
    """--course takes the folder of course.toml or the one that holds it as `exercises`."""
    assert load_course(course_root.parent) == load_course(course_root)


def test_course_of_the_grader_loads() -> None:
    """The course that comes with the grader follows its own rules, hints included."""
    course = load_course()
    assert [each.number for each in course.exercises] == list(range(1, len(course.exercises) + 1))
    for exercise in course.exercises:
        assert load_hints(exercise)


def test_missing_folder_is_named(tmp_path: Path) -> None:
    """A folder that does not exist is told apart from one that holds no course."""
    with pytest.raises(CourseError) as caught:
        load_course(tmp_path / "nowhere")
    assert "nowhere: there is no such folder" in message(caught.value)
    with pytest.raises(CourseError) as caught:
        load_course(tmp_path)
    assert "no course.toml here" in message(caught.value)


@pytest.mark.parametrize(
    ("lines", "where", "what"),
    [
        ("ex01_first_steps = { chapter = 1", 12, "not valid TOML"),
        (line("ex01_first_steps", more=", colour = 3"), 12, "unknown field `colour`"),
        (line("ex01_first_steps").replace("points = 10", 'points = "x"'), 12, "`float`"),
        (line("ex01_first_steps").replace("points = 10, ", ""), 12, "`points`"),
        (line("ex01_first_steps").replace("points = 10", "points = 0"), 12, "> 0"),
        (line("ex01_first_steps").replace('["f"]', "[]"), 12, "length >= 1"),
        (line("ex01_first_steps").replace('["f"]', '["f x"]'), 12, "$.fill[0]"),
        (line("ex01_first_steps").replace("zh = ", "fr = "), 12, "`fr`"),
        ("\n" + line("ex01_first_steps", chapter=9), 13, "chapter 9"),
        (line("first_steps"), 12, "ex03_squared_loss"),
        (line("ex1_first_steps"), 12, "ex03_squared_loss"),
        (line("ex001_first_steps"), 12, "ex03_squared_loss"),
        (line("ex00_first_steps"), 12, "ex03_squared_loss"),
        (line("ex01_first_steps") + line("ex01_other"), 13, "ex01_first_steps"),
        (line("ex01_first_steps") + line("ex02_first_steps"), 13, "ex01_first_steps"),
        (line("ex01_first_steps") + line("ex01_first_steps"), 13, "not valid TOML"),
        (line("ex04_no_folder"), 12, "ex04_no_folder/stub.py"),
        ("ex01_first_steps = 3\n", 12, "`object`"),
    ],
)
def test_broken_line_is_named(write_course: WriteCourse, lines: str, where: int, what: str) -> None:
    """Each fault of an exercise's line is reported with file, line and what to mend."""
    root = write_course(lines=lines)
    with pytest.raises(CourseError) as caught:
        load_course(root)
    said = message(caught.value)
    assert f"course.toml:{where}: " in said
    assert what in said


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (CHAPTERS.replace("number = 2", "number = 1"), "course.toml:7: chapter 1 is there twice"),
        (CHAPTERS.replace("number = 2", "nummer = 2"), "course.toml:7: "),
        (CHAPTERS.replace("title", "titel", 1), "titel"),
        ("", "`title`"),
    ],
)
def test_broken_head_is_named(write_course: WriteCourse, head: str, what: str) -> None:
    """Each fault of the title and of the chapters is reported."""
    root = write_course(head=head, lines=None if head else "")
    with pytest.raises(CourseError) as caught:
        load_course(root)
    assert what in message(caught.value)


def test_bytes_that_are_not_utf8_are_named(course_root: Path) -> None:
    """A file in another encoding is reported, not half read."""
    (course_root / "course.toml").write_bytes('title = "题"'.encode("gbk"))
    with pytest.raises(CourseError) as caught:
        load_course(course_root)
    assert "course.toml: not UTF-8 (byte 9)" in message(caught.value)


def test_byte_order_mark_is_harmless(course_root: Path) -> None:
    """Editors on Windows put one before the text."""
    path = course_root / "course.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_course(course_root).exercises


@pytest.mark.parametrize("missing", ["stub.py", "task.en.md", "task.zh.md", "hints.toml", "checks.py", "mistakes.py"])
def test_missing_file_is_named(course_root: Path, missing: str) -> None:
    """An exercise that lacks a file is reported with that file."""
    (course_root / "ex02_second_wind" / missing).unlink()
    with pytest.raises(CourseError) as caught:
        load_course(course_root)
    said = message(caught.value)
    assert "course.toml:13: ex02_second_wind lacks the file" in said
    assert missing in said


def test_missing_solution_is_named(course_root: Path) -> None:
    """The reference is a part of the exercise."""
    (course_root.parent / "solutions" / "ex02_second_wind.py").unlink()
    with pytest.raises(CourseError, match="ex02_second_wind"):
        load_course(course_root)


def test_hints_keep_their_order(course_root: Path) -> None:
    """Hints come in the order written, with their source."""
    hints = load_hints(load_course(course_root).exercises[0])
    assert [hint.text.en for hint in hints] == ["nudge 1", "nudge 2", "nudge 3"]
    assert (hints[0].text.zh, hints[0].article, hints[0].question) == ("提示 1", "002", 5)


@pytest.mark.parametrize(
    ("hints", "what"),
    [
        (HINTS.replace("[[hints]]", "[[hint]]"), "hints.toml: "),
        (HINTS[: HINTS.rindex("[[hints]]")], "hints.toml: 2 hints, at least 3"),
        (HINTS.replace('en = "nudge 2"', 'en = ""'), "hints.toml:6: "),
        (HINTS.replace('en = "nudge 3"', 'de = "x"'), "hints.toml:11: "),
        (HINTS.replace("question = 5", 'question = "5"', 1), "hints.toml:1: "),
        (HINTS.replace("question = 5", "question = 5 6", 1), "hints.toml:5: not valid TOML"),
    ],
)
def test_broken_hints_are_named(course_root: Path, hints: str, what: str) -> None:
    """Each fault of hints.toml is reported with file and line."""
    exercise = load_course(course_root).exercises[0]
    exercise.hints.write_text(hints, encoding="utf-8")
    with pytest.raises(CourseError) as caught:
        load_hints(exercise)
    assert what in message(caught.value)


@pytest.mark.parametrize(
    "asked",
    [
        "ex2", "2", "02", "ex02", "EX2", "ex_2", "second_wind", "second-wind", "Second_Wind",
        "ex02_second_wind", "ex02_second_wind.py", "EX02_SECOND_WIND.PY", " ex2 ",
    ],
)  # fmt: skip
def test_exercise_has_many_names(course_root: Path, asked: str) -> None:
    """Ids, numbers, slugs, folder and file names lead to the exercise, in any case."""
    assert find_exercise(load_course(course_root), asked).id == "ex2"


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [("ex33", "ex3"), ("33", "ex3"), ("frist_steps", "first_steps"), ("ex01_first", "ex01_first_steps")],
)
def test_nearest_name_is_offered(course_root: Path, asked: str, nearest: str) -> None:
    """An unknown name is answered with the one that was probably meant."""
    with pytest.raises(UsageError) as caught:
        find_exercise(load_course(course_root), asked)
    said = f'No exercise "{asked}". Did you mean "{nearest}"? "grader list" shows all.'
    assert message(caught.value) == said


@pytest.mark.parametrize("asked", ["", "？？", "0", "9" * 5000, "\x1b[2J" + "x" * 5000])
def test_hopeless_name_is_refused_briefly(course_root: Path, asked: str) -> None:
    """A name like nothing in the course is refused without a guess, and cut short."""
    with pytest.raises(UsageError) as caught:
        find_exercise(load_course(course_root), asked)
    said = message(caught.value)
    assert len(said) < 150
    assert "\x1b" not in said
    assert said.endswith('"grader list" shows all.')
