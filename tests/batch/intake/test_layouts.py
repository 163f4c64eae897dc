"""The downloads of the services, as they lay them out."""

from __future__ import annotations

import io
import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.intake.gradescope import Submitter, submitters
from grader.batch.intake.nodes import UnreadableError
from grader.batch.intake.reading import IntakeError

if TYPE_CHECKING:
    from pathlib import Path

    from grader.batch.records import Intake, Student
    from tests.batch.intake.conftest import Class, OneHandin

METADATA = """\
---
submission_101:
  :submitters:
  - :name: Ada Lovelace
    :sid: '0042'
    :email: ada@example.edu
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2024-01-02 03:04:05.000000000 Z
  :score: 7.5
  :results:
    tests:
    - name: ":submitters:"
      :submitters:
      - :name: Nobody
submission_102:
  :submitters:
  - :name: Bob
    :sid:
    :email: bob@example.edu
  - :name: Cleo
    :sid: 43
    :email: cleo@example.edu
submission_103:
  :submitters:
  - :name: Away
    :sid: 44
    :email: away@example.edu
"""


def people(intake: Intake) -> dict[str, Student]:
    """Return the students by id."""
    return {student.id: student for student in intake.students}


def graded(intake: Intake) -> list[tuple[str, str, str]]:
    """Return who handed in what, and where it was found."""
    return [(each.student, each.exercise, each.file) for each in intake.handins]


def archived(root: Path) -> Path:
    """Return a zip archive of what is in a folder."""
    return root.parent / shutil.make_archive(str(root.parent / "download"), "zip", root)


@pytest.fixture(params=["folder", "archive", "wrapped"])
def given_as(request: pytest.FixtureRequest) -> str:
    """Return how an instructor gives a download: unpacked, as it came, or in a folder of its own."""
    assert isinstance(request.param, str)
    return request.param


def take(klass: Class, given_as: str) -> Intake:
    """Take in a class as it is given."""
    if given_as == "archive":
        return klass.read(path=archived(klass.root))
    return klass.read(path=klass.root.parent if given_as == "wrapped" else klass.root)


@pytest.mark.parametrize("end", ["_assignsubmission_file_", "_assignsubmission_file"])
def test_moodle_folders(klass: Class, given_as: str, end: str) -> None:
    """Moodle's folders name the student and the participant; what was typed is no file."""
    klass.put(f"Ada Lovelace_1234567{end}/ex03_squared_loss.py")
    klass.put(f"Ada Lovelace_1234567{end}/more/ex4.py")
    klass.put("Ada Lovelace_1234567_assignsubmission_onlinetext_/onlinetext.html")
    klass.put(f"Ada Lovelace_7654321{end}/ex3.py")
    klass.put("Bob_5_assignsubmission_onlinetext_/onlinetext.html")
    klass.put("late student/ex4.py")
    klass.put("notes.txt")
    intake = take(klass, given_as)
    assert intake.layout == "moodle"
    assert {student.id: (student.name, student.ids) for student in intake.students} == {
        "Ada Lovelace_1234567": ("Ada Lovelace", {"moodle": "1234567"}),
        "Ada Lovelace_7654321": ("Ada Lovelace", {"moodle": "7654321"}),
        "Bob_5": ("Bob", {"moodle": "5"}),
        "late student": ("", {}),
    }
    assert [(student, exercise) for student, exercise, _ in graded(intake)] == [
        ("Ada Lovelace_1234567", "ex3"),
        ("Ada Lovelace_1234567", "ex4"),
        ("Ada Lovelace_7654321", "ex3"),
        ("late student", "ex4"),
    ]
    assert [line.reason.en for line in intake.unread] == [
        "what was typed into a text field is not a file",
        "what was typed into a text field is not a file",
        "it lies in no student's folder",
    ]


def test_moodle_files(klass: Class, given_as: str) -> None:
    """Without folders, the file's own name follows; it cannot pass for another student's."""
    klass.put("Participant 11_11_assignsubmission_file_ex03_squared_loss.py", "import tools\n")
    klass.put("Participant 11_11_assignsubmission_file_tools.py")
    klass.put("Participant 11_11_assignsubmission_onlinetext_onlinetext.html")
    klass.put("Eve_2_assignsubmission_file_Ada_1_assignsubmission_file_ex3.py")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("ex4.py", "x = 1")
    klass.put("Group A_assignsubmission_file_work.zip", packed.getvalue())
    intake = take(klass, given_as)
    assert intake.layout == "moodle"
    assert sorted(people(intake)) == ["Eve_2", "Group A", "Participant 11_11"]
    assert people(intake)["Group A"].ids == {}
    found = {(each.student, each.exercise): each for each in intake.handins}
    assert sorted(found) == [("Group A", "ex4"), ("Participant 11_11", "ex3")]
    assert [file.name for file in found["Participant 11_11", "ex3"].beside] == ["tools.py"]


def test_canvas(klass: Class, given_as: str) -> None:
    """Canvas puts the name, LATE, the user and the file before each file's own name, and a number behind it."""
    klass.put("lovelaceada_12345_100_ex03_squared_loss-1.py", "import ex04_sgd\n")
    klass.put("lovelaceada_12345_101_ex4.py")
    klass.put("李雷_LATE_67_102_ex03_squared_loss-2.py", "two\n")
    klass.put("李雷_LATE_67_99_ex3.py", "one\n")
    klass.put("doe_68_link.html")
    klass.put("anon_x7Kp2_103_ex4.py")
    klass.put("eve_70_104_lovelaceada_12345_105_ex3.py")
    intake = take(klass, given_as)
    assert intake.layout == "canvas"
    assert {student.id: (student.name, student.ids) for student in intake.students} == {
        "anon_x7Kp2": ("", {}),
        "doe_68": ("doe", {"canvas": "68"}),
        "eve_70": ("eve", {"canvas": "70"}),
        "lovelaceada_12345": ("lovelaceada", {"canvas": "12345"}),
        "李雷_67": ("李雷", {"canvas": "67"}),
    }
    found = {(each.student, each.exercise): each for each in intake.handins}
    assert sorted(found) == [
        ("anon_x7Kp2", "ex4"),
        ("lovelaceada_12345", "ex3"),
        ("lovelaceada_12345", "ex4"),
        ("李雷_67", "ex3"),
    ]
    assert found["李雷_67", "ex3"].source.data == b"two\n"
    assert found["李雷_67", "ex3"].notes[0].en.startswith("The latest of 2 versions")
    assert [file.name for file in found["lovelaceada_12345", "ex3"].beside] == ["ex04_sgd.py"]


def test_a_file_like_canvas_beside_folders(klass: Class) -> None:
    """One file that happens to look like Canvas's makes no Canvas of a class."""
    for name in ("ada", "bob", "cleo"):
        klass.put(f"{name}/ex3.py")
    klass.put("notes_1_2_ex3.py")
    intake = klass.read()
    assert (intake.layout, sorted(people(intake))) == ("plain", ["ada", "bob", "cleo"])
    assert [line.file for line in intake.unread] == ["notes_1_2_ex3.py"]


def test_gradescope(klass: Class, given_as: str) -> None:
    """The metadata say who is behind a folder; each of a group gets what the group handed in."""
    klass.put("submission_metadata.yml", METADATA)
    klass.put("submission_101/ex3.py", "one\n")
    klass.put("submission_102/ex4.py")
    klass.put("submission_102/what.txt")
    klass.put("submission_999/ex3.py")
    intake = take(klass, given_as)
    assert intake.layout == "gradescope"
    assert {student.id: (student.name, student.email, student.ids) for student in intake.students} == {
        "0042": ("Ada Lovelace", "ada@example.edu", {"gradescope": "101", "sid": "0042"}),
        "43": ("Cleo", "cleo@example.edu", {"gradescope": "102", "sid": "43"}),
        "44": ("Away", "away@example.edu", {"gradescope": "103", "sid": "44"}),
        "bob@example.edu": ("Bob", "bob@example.edu", {"gradescope": "102"}),
        "submission_999": ("", "", {"gradescope": "999"}),
    }
    assert [(student, exercise) for student, exercise, _ in graded(intake)] == [
        ("0042", "ex3"),
        ("43", "ex4"),
        ("bob@example.edu", "ex4"),
        ("submission_999", "ex3"),
    ]
    assert [line.file.rsplit("/", 1)[1] for line in intake.unread] == ["what.txt"]


def test_metadata_that_is_none(klass: Class) -> None:
    """Metadata that are no YAML are an error that says so."""
    klass.put("submission_metadata.yml", "a: [")
    klass.put("submission_1/ex3.py")
    with pytest.raises(IntakeError):
        klass.read()


def test_hostile_metadata() -> None:
    """Aliases of aliases, deep nests and foreign tags cost nothing and mean nothing."""
    bomb = b"a: &a [x, x]\n" + b"".join(b"%c: &%c [*%c, *%c]\n" % (i + 1, i + 1, i, i) for i in range(97, 121))
    assert list(submitters(bomb)) == []
    assert list(submitters(b"!!python/object/apply:os.system [id]")) == []
    with pytest.raises(UnreadableError):
        list(submitters(b"[" * 100_000))
    assert next(submitters(METADATA.encode())) == Submitter("submission_101", "Ada Lovelace", "0042", "ada@example.edu")


@given(st.text(alphabet=":-?&*!{}[]\n\"' #ab,|>~"))
def test_any_metadata_are_judged(text: str) -> None:
    """Any text is read or refused with a reason."""
    try:
        found = list(submitters(f"{text}\nx:\n  :submitters:\n  - :name: {text}\n".encode()))
    except UnreadableError:
        return
    assert all(isinstance(each, Submitter) for each in found)


def test_classroom_clones(klass: Class, one: OneHandin) -> None:
    """Clones with a prefix in common are GitHub Classroom's; what is left of the name is the user's."""
    for name in ("hw-1-ada", "hw-1-bob-b", "hw-1-cleo"):
        klass.put(f"{name}/.git/config")
        klass.put(f"{name}/src/ex3.py")
        klass.put(f"{name}/README.md")
    intake = klass.read()
    assert (intake.layout, list(people(intake)), intake.unread) == ("classroom", ["ada", "bob-b", "cleo"], ())
    assert people(intake)["bob-b"].ids == {"github": "bob-b"}
    assert one(intake).file == "hw-1-ada/src/ex3.py"


@pytest.mark.parametrize("where", ["inside", "around"])
def test_classroom_folder(klass: Class, where: str) -> None:
    """The folder that Classroom clones into says what the prefix is, even for one student."""
    klass.put("hw-1-submissions/hw-1-ada-l/ex3.py")
    intake = klass.read(path=klass.root / "hw-1-submissions" if where == "inside" else klass.root)
    assert (intake.layout, list(people(intake))) == ("classroom", ["ada-l"])


def test_folders_with_a_prefix_are_no_classroom(klass: Class) -> None:
    """Without clones, a prefix is only a part of the names."""
    klass.put("team-a/ex3.py")
    klass.put("team-b/ex3.py")
    intake = klass.read()
    assert (intake.layout, list(people(intake))) == ("plain", ["team-a", "team-b"])


def test_nbgrader_course(klass: Class) -> None:
    """In an nbgrader course, only what is in `submitted` is the students'."""
    klass.put("submitted/ada/hw1/ex3.py")
    klass.put("submitted/ada/hw1/timestamp.txt")
    klass.put("submitted/bob/hw1/ex4.py")
    klass.put("source/hw1/ex3.py")
    klass.put("nbgrader_config.py")
    intake = klass.read()
    assert (intake.layout, list(people(intake))) == ("nbgrader", ["ada", "bob"])
    assert [(line.file, line.reason.en) for line in intake.unread] == [
        ("nbgrader_config.py", "it is not in the folder submitted"),
        ("source", "it is not in the folder submitted"),
    ]
    assert klass.read(path=klass.root / "submitted").layout == "nbgrader"


def test_a_student_called_submitted(klass: Class) -> None:
    """A student's folder may be called `submitted`."""
    klass.put("submitted/ex3.py")
    klass.put("ada/ex3.py")
    assert list(people(klass.read())) == ["ada", "submitted"]


NAME = st.text(
    st.characters(exclude_characters="_/\x00", exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"]),
    min_size=1,
    max_size=20,
)


@given(
    st.dictionaries(
        st.integers(1, 10**9),
        NAME.filter(lambda name: name.strip() == name and name.strip(".")),
        min_size=1,
        max_size=5,
    )
)
def test_moodle_names(tmp_path_factory: pytest.TempPathFactory, students: dict[int, str]) -> None:
    """Whoever Moodle names is found under the number and the name that it has for them."""
    from tests.batch.intake.conftest import Class  # noqa: PLC0415 - at the top it would be a fixture's module twice

    klass = Class(tmp_path_factory.mktemp("moodle"))
    for number, name in students.items():
        klass.put(f"{name}_{number}_assignsubmission_file_/ex3.py")
    intake = klass.read()
    assert {int(student.ids["moodle"]): student.name for student in intake.students} == students
    assert {each.student for each in intake.handins} == {student.id for student in intake.students}
