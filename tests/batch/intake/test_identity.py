"""Names of students, however hostile."""

from __future__ import annotations

import os
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.intake.identity import students_of
from grader.batch.intake.layouts import Owner

if TYPE_CHECKING:
    from tests.batch.intake.conftest import Class

HOSTILE = st.text(st.characters() | st.sampled_from("/\\.\x00\x1b\u202e\udc80 =~-a")) | st.sampled_from(["", ".", ".."])


def is_safe(text: str) -> bool:
    """Return whether a text can be shown, stored and be the name of a file."""
    # Joiners are part of how some scripts are written.
    plain = text.replace("\u200c", "").replace("\u200d", "")
    return not any(unicodedata.category(char) in {"Cc", "Cf", "Cs"} for char in plain) and not set(text) & {"/", "\\"}


@pytest.mark.parametrize("name", ["ada", "Ada Lovelace_12", "=1+1", "-rf", "李雷", "O'Brien", "a.b", "ad~a", "A" * 200])
def test_a_harmless_name_stays(name: str) -> None:
    """A name that can be shown is the id, exactly as it is."""
    assert [student.id for student in students_of([Owner(name, name)]).values()] == [name]


@given(st.lists(HOSTILE, unique=True, max_size=30))
def test_two_students_stay_two(names: list[str]) -> None:
    """Each raw name has one safe id of its own, the same in whatever order they come; they come out sorted."""
    owners = [Owner(name, name, name, name, (("github", name),)) for name in names]
    students = students_of(owners)
    ids = [student.id for student in students.values()]
    assert len(set(ids)) == len(names)
    assert ids == sorted(ids)
    assert students == students_of(reversed(owners))
    for student in students.values():
        texts = [student.id, student.name.replace("/", "").replace("\\", "")]
        assert all(is_safe(text) for text in texts)
        assert student.id not in {"", ".", ".."}
        assert len(student.id.encode()) < 1000


def test_one_name_twice() -> None:
    """Two with one name are told apart by what the service knows."""
    ids = [student.id for student in students_of([Owner("1", "Ada"), Owner("2", "Ada")]).values()]
    assert ids[0] == "Ada"
    assert ids[1].startswith("Ada~")


def test_hostile_folders_are_graded(klass: Class) -> None:
    """Names of 255 bytes, not UTF-8, with line ends, escapes, reversals or formulas are students like any other."""
    names = [
        b"\xff\xfe",
        b"\xff\xfd",
        b"a\nb",
        b"a\tb",
        b"a b",
        b"\x1b[31mred",
        b"=cmd|x",
        b"-x",
        "\u202eada".encode(),
        b"n" * 255,
        b"ada~",
        b"...",
        b".ada",
        b"<script>",
        b"back\\slash",
    ]
    for name in names:
        folder = os.path.join(os.fsencode(klass.root), name)  # noqa: PTH118 - no Path has such names
        os.mkdir(folder)  # noqa: PTH102 - no Path has such names
        with open(os.path.join(folder, b"ex3.py"), "wb") as stream:  # noqa: PTH118, PTH123 - no Path has such names
            stream.write(b"x = 1\n")
    intake = klass.read()
    handins = list(intake.handins)
    assert len(handins) == len({student.id for student in intake.students}) == len(names)
    assert {handin.student for handin in handins} == {student.id for student in intake.students}
    assert all(handin.fault is None and handin.source.data == b"x = 1\n" for handin in handins)
    assert all(is_safe(handin.student) and is_safe(handin.file.translate({47: None, 92: None})) for handin in handins)
    assert {"=cmd|x", "-x", "a b", "<script>", ".ada"} <= {student.id for student in intake.students}
