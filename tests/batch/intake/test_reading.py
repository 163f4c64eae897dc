"""A folder for each student, and whatever lies in it."""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.intake import limits, read_submissions
from grader.batch.intake.reading import IntakeError
from grader.batch.records import Source
from grader.course import load_course
from grader.judge import submission
from grader.texts import Catalog

if TYPE_CHECKING:
    from pathlib import Path

    from grader.batch.records import Intake
    from tests.batch.intake.conftest import Class, OneHandin

LINK = "a symbolic link is not followed"


def reasons(intake: Intake) -> dict[str, str]:
    """Return why each unread file is unread."""
    return {line.file: line.reason.en for line in intake.unread}


def aged(file: Path, seconds: int) -> Path:
    """Make a file that many seconds old."""
    then = time.time() - seconds
    os.utime(file, (then, then))
    return file


def test_a_student_for_each_folder(klass: Class, one: OneHandin) -> None:
    """A student is called as the folder is; the file lies at any depth and keeps its bytes."""
    data = b"def squared_loss(y_hat, y):\r\n    return \xff\n"
    klass.put("bob/work/week 2/ex03_squared_loss.py", data)
    klass.put("ada/ex3.py", "")
    (klass.root / "idle").mkdir()
    intake = klass.read()
    assert intake.layout == "plain"
    assert [student.id for student in intake.students] == ["ada", "bob", "idle"]
    handin = one(intake, "bob")
    assert (handin.file, handin.source.name) == ("bob/work/week 2/ex03_squared_loss.py", "ex03_squared_loss.py")
    assert (handin.source.data, handin.sha256) == (data, hashlib.sha256(data).hexdigest())
    assert one(intake, "ada").source.data == b""
    assert one(intake, "ada").fault is None
    assert intake.unread == ()


def test_handins_are_ordered_and_can_be_read_again(klass: Class) -> None:
    """Handins come by student, then in the order of the course, each time that they are asked for."""
    for name in ("bob/ex10.py", "bob/ex2.py", "ada/sgd.py", "ada/ex01.py"):
        klass.put(name)
    handins = klass.read().handins
    expected = [("ada", "ex1"), ("ada", "ex4"), ("bob", "ex2"), ("bob", "ex10")]
    assert [(each.student, each.exercise) for each in handins] == expected
    assert [(each.student, each.exercise) for each in handins] == expected


def test_only_what_is_asked_for_is_taken(klass: Class) -> None:
    """A file for another exercise of the course is no handin, and no stranger either."""
    klass.put("ada/ex3.py")
    klass.put("ada/ex4.py")
    intake = klass.read("ex3")
    assert [each.exercise for each in intake.handins] == ["ex3"]
    assert intake.unread == ()
    alone = read_submissions(Source(klass.root, klass.exercises("ex3")))
    assert list(reasons(alone)) == ["ada/ex4.py"]


def test_what_fits_nothing_is_listed(klass: Class) -> None:
    """A file that fits no exercise or no student is told of, with a reason in both languages; noise is not."""
    for name in ("ada/exercise three.py", "ada/test.py", "ada/data.csv", "ada/old.rar", "roster.csv", "ex3.py"):
        klass.put(name)
    for name in (".DS_Store", "ada/.git/config", "ada/__pycache__/ex3.pyc", "ada/README.md", "__MACOSX/ada/._ex3.py"):
        klass.put(name)
    intake = klass.read()
    assert reasons(intake) == {
        "ada/data.csv": "it fits no exercise of the course",
        "ada/exercise three.py": "it fits no exercise of the course",
        "ada/old.rar": "archives of this kind are not read; zip, tar, tar.gz, tar.bz2 and tar.xz are",
        "ada/test.py": "it fits no exercise of the course",
        "ex3.py": "it lies in no student's folder",
        "roster.csv": "it lies in no student's folder",
    }
    assert all(line.reason.zh != line.reason.en for line in intake.unread)
    assert [student.id for student in intake.students] == ["ada"]


def test_a_student_called_as_an_exercise_is(klass: Class, one: OneHandin) -> None:
    """The name of a student's folder says nothing about what is in it."""
    klass.put("ex03_squared_loss/ex4.py")
    klass.put("ex03_squared_loss/ada.py")
    intake = klass.read()
    assert one(intake, "ex03_squared_loss", "ex4").file == "ex03_squared_loss/ex4.py"
    assert list(reasons(intake)) == ["ex03_squared_loss/ada.py"]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("ex3.py", "second/try/ex3.py"),
        ("second/ex3.py", "ex3.py"),
        ("ex3.py", "ex03_squared_loss.py"),
        ("ex3.py", "ex3 - Copy.py"),
        ("ex3.py", "ex3.ipynb"),
        ("ex3.ipynb", "ex3.py"),
    ],
)
def test_the_latest_version_by_time(klass: Class, one: OneHandin, older: str, newer: str) -> None:
    """Of versions without a mark the one that was changed last is graded, and the others are named."""
    notebook = '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}'
    for name, age in ((older, 3600), (newer, 60)):
        aged(klass.put(f"ada/{name}", notebook if name.endswith("ipynb") else "x = 1\n"), age)
    handin = one(klass.read())
    assert handin.file == f"ada/{newer}"
    assert [note.en for note in handin.notes] == [f"The latest of 2 versions; not graded: ada/{older}"]
    assert handin.notes[0].zh == f"2 个版本中最新的一个；未评分：ada/{older}"


def test_the_mark_counts_before_the_time(klass: Class, one: OneHandin) -> None:
    """A browser's or Canvas's number says which version is the latest, whatever the times are."""
    for nth, name in enumerate(["ex3-2.py", "ex3 (1).py", "ex3.py", "old/ex3.py", "older/ex3.py"]):
        aged(klass.put(f"ada/{name}"), 1000 - nth)
    handin = one(klass.read())
    assert handin.file == "ada/ex3-2.py"
    assert handin.notes[0].en.startswith("The latest of 5 versions; not graded: ")
    assert handin.notes[0].en.endswith(", …")


def test_what_is_imported_goes_along(klass: Class, one: OneHandin) -> None:
    """Files beside a handin that it mentions go along, and what those mention; nothing else does."""
    klass.put("ada/ex3.py", "from ex02_data_iter import data_iter\nimport ex4, squared_loss, tools\n")
    klass.put("ada/Ex2.py", "import deeper\n")
    klass.put("ada/ex4.py", "four = 4\n")
    klass.put("ada/tools.py", "import ex03_squared_loss\n")
    klass.put("ada/deeper.py", "")
    aged(klass.put("ada/squared_loss.py", "import squared_loss, deeper\n"), 3600)
    klass.put("ada/unused.py", "")
    klass.put("ada/elsewhere/tools.py", "wrong = 1\n")
    klass.put("bob/tools.py", "wrong = 1\n")
    intake = klass.read("ex3")
    handin = one(intake)
    assert {file.name: file.data for file in handin.beside} == {
        "ex02_data_iter.py": b"import deeper\n",
        "ex4.py": b"four = 4\n",
        "tools.py": b"import ex03_squared_loss\n",
        "deeper.py": b"",
    }
    assert list(reasons(intake)) == ["ada/elsewhere/tools.py", "ada/unused.py", "bob/tools.py"]


def test_what_goes_along_is_bounded(klass: Class, one: OneHandin) -> None:
    """A student cannot send thousands of modules with a handin; what stays behind is named."""
    count = limits.MAX_BESIDE_FILES + 2
    klass.put("ada/ex3.py", "".join(f"import m{nth:02d}\n" for nth in range(count)))
    for nth in range(count):
        klass.put(f"ada/m{nth:02d}.py")
    handin = one(klass.read())
    assert len(handin.beside) == limits.MAX_BESIDE_FILES
    assert handin.notes[0].en == "Too many or too large to go along: m32, m33"


def test_links_are_not_followed(klass: Class, one: OneHandin, tmp_path: Path) -> None:
    """A link called as an exercise is faulty, any other is unread; nothing behind one is seen."""
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "ex4.py").write_text("secret")
    klass.put("bob/ex4.py")
    (klass.root / "ada").mkdir()
    (klass.root / "ada/ex3.py").symlink_to(secret / "ex4.py")
    (klass.root / "ada/more").symlink_to(secret)
    (klass.root / "eve").symlink_to(klass.root / "bob")
    intake = klass.read()
    handin = one(intake)
    assert handin.fault is not None
    assert (handin.fault.en, handin.source.data, handin.sha256) == (LINK, b"", "")
    assert reasons(intake) == {"ada/more": LINK, "eve": LINK}
    assert [student.id for student in intake.students] == ["ada", "bob"]
    assert len(list(intake.handins)) == 2


def test_a_real_file_counts_before_a_link(klass: Class, one: OneHandin) -> None:
    """Where there is a file as well, the link is only one of its versions."""
    aged(klass.put("ada/ex3.py"), 3600)
    (klass.root / "ada/ex3-9.py").symlink_to("/etc/passwd")
    assert one(klass.read()).file == "ada/ex3.py"


def test_pipes_and_sockets_are_not_opened(klass: Class, one: OneHandin) -> None:
    """A pipe called as an exercise is a fault at once; nobody waits for its writer."""
    (klass.root / "ada").mkdir()
    os.mkfifo(klass.root / "ada/ex3.py")
    os.mkfifo(klass.root / "ada/notes.txt")
    intake = klass.read()
    fault = one(intake).fault
    assert fault is not None
    assert fault.en == "it is not a regular file"
    assert reasons(intake) == {"ada/notes.txt": "it is not a regular file"}


def test_large_files_are_not_read(klass: Class, one: OneHandin) -> None:
    """A file past the limit is a fault of its own, one just within is read."""
    with klass.put("ada/ex3.py", "").open("r+b") as stream:
        stream.truncate(1 << 40)
    klass.put("ada/ex4.py", b"#" * limits.MAX_SOURCE_BYTES)
    intake = klass.read()
    fault = one(intake).fault
    assert fault is not None
    assert fault.en == "it is larger than 1024 KiB"
    assert one(intake, exercise="ex4").fault is None
    assert submission.MAX_SOURCE_BYTES == limits.MAX_SOURCE_BYTES


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_cannot_be_read_is_said(klass: Class, one: OneHandin) -> None:
    """A file without permission is a fault, a folder is unread."""
    klass.put("ada/ex3.py").chmod(0)
    closed = klass.put("ada/closed/ex4.py").parent
    closed.chmod(0)
    try:
        intake = klass.read()
        fault = one(intake).fault
        assert fault is not None
        assert fault.en == "it cannot be read: Permission denied"
        assert reasons(intake) == {"ada/closed": "it cannot be read: Permission denied"}
    finally:
        closed.chmod(0o700)


def test_a_folder_that_goes_away_ends_no_run(klass: Class) -> None:
    """What was there at first and is gone when it is read is handed in by nobody."""
    klass.put("ada/ex3.py")
    klass.put("bob/ex3.py")
    handins = klass.read().handins
    (klass.root / "ada/ex3.py").unlink()
    (klass.root / "ada").rmdir()
    assert [handin.student for handin in handins] == ["bob"]


def test_deep_and_wide_folders_end(klass: Class, one: OneHandin) -> None:
    """Folders without end hide nothing that lies on top, and do not fill the list."""
    klass.put("ada/ex3.py")
    klass.put("ada/" + "d/" * (limits.MAX_DEPTH + 5) + "ex4.py")
    for nth in range(limits.MAX_UNREAD_LINES + 10):
        klass.put(f"ada/junk/{nth}.dat", b"")
    intake = klass.read()
    assert [each.exercise for each in intake.handins] == ["ex3"]
    assert len(intake.unread) == limits.MAX_UNREAD_LINES + 1
    assert reasons(intake)["ada"] == "and 11 more"


def test_a_heap_of_files_hides_no_exercise(klass: Class, one: OneHandin) -> None:
    """Where there are too many files to look at, exercises among them are graded all the same."""
    klass.put("ada/heap/ex3.py")
    for nth in range(limits.MAX_ENTRIES):
        (klass.root / f"ada/heap/{nth}").touch()
    intake = klass.read()
    assert one(intake).file == "ada/heap/ex3.py"
    assert list(reasons(intake)) == ["ada/heap"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [("nowhere", "there is no such folder or file"), ("a.txt", "it is neither a folder nor an archive")],
)
def test_what_is_given_must_be_there(klass: Class, name: str, reason: str) -> None:
    """A folder that is not there, or a file that is no archive, is an error that says so in both languages."""
    klass.put("a.txt")
    with pytest.raises(IntakeError) as caught:
        klass.read(path=klass.root / name)
    assert reason in Catalog("en").explain(caught.value)
    assert "无法从" in Catalog("zh").explain(caught.value)


def test_nobody(klass: Class) -> None:
    """A folder with no students in it is an error that says what one looks like."""
    klass.put("ex3.py")
    with pytest.raises(IntakeError) as caught:
        klass.read()
    assert "Nobody's work is in" in Catalog("en").explain(caught.value)


def test_a_large_class_is_cheap(klass: Class) -> None:
    """A thousand students cost far less than a second."""
    for nth in range(1000):
        klass.put(f"student{nth:04d}/ex3.py", "# a line\n" * 300)
    before = time.process_time()
    intake = klass.read()
    assert len(intake.students) == 1000
    assert sum(1 for _ in intake.handins) == 1000
    assert time.process_time() - before < 2


PARTS = st.sampled_from(
    ["ada", "bob", "ex3.py", "ex03_squared_loss-1.py", "tools.py", "a.csv", ".git", "README.md", "x\ny"]
)
PATHS = st.lists(st.lists(PARTS, min_size=1, max_size=4).map("/".join), min_size=1, max_size=10, unique=True)


@given(PATHS)
def test_every_file_is_accounted_for(tmp_path_factory: pytest.TempPathFactory, paths: list[str]) -> None:
    """A file is graded, told of as another version, goes along, is noise, or is unread; the same each time."""
    root = tmp_path_factory.mktemp("class")
    (root / "cleo").mkdir()
    files = []
    for path in paths:
        with suppress(OSError):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text("import tools\n")
            files.append(path)
    exercises = load_course().exercises
    intake = read_submissions(Source(root, exercises))
    handins = list(intake.handins)
    assert handins == list(read_submissions(Source(root, exercises)).handins)
    said = {line.file for line in intake.unread} | {handin.file for handin in handins}
    said |= {file for handin in handins for note in handin.notes for file in note.en.split(": ")[-1].split(", ")}
    for path in files:
        parts = path.split("/")
        is_beside = parts[-1] == "tools.py" and any(
            file.name == "tools.py" and handin.file.rpartition("/")[0] == "/".join(parts[:-1]).replace("\n", " ")
            for handin in handins
            for file in handin.beside
        )
        is_noise = ".git" in parts or "README.md" in parts
        assert path.replace("\n", " ") in said or is_beside or is_noise or "…" in said
