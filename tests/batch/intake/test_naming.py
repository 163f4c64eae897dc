"""Which names are exercises, versions, archives and noise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.intake.naming import Names, archive_stem, is_noise, is_other_archive, module_stem, most_bytes
from grader.course import find_exercise, load_course

COURSE = load_course()
NAMES = Names(COURSE.exercises)


@pytest.mark.parametrize(
    "name",
    [
        "ex03_squared_loss.py",
        "ex3.py",
        "ex03.py",
        "EX003.PY",
        "squared_loss.py",
        "Ex03_Squared_Loss.py",
        "ex03_squared_loss.ipynb",
        "ex3_squared_loss.py",
        "ex03-squared-loss.py",
        "Ex 3.py",
        "Squared Loss.ipynb",
    ],
)
def test_a_name_that_says_its_exercise(name: str) -> None:
    """The folder name, the slug and the id name an exercise, in any case and with any zeros."""
    named = NAMES.of_file(name)
    assert named is not None
    assert (named.exercise.id, named.mark) == ("ex3", 0)


@pytest.mark.parametrize(
    "name",
    [
        "ex03_squared_loss",
        "ex03_squared_loss.txt",
        "ex03_squared_loss.py.txt",
        "ex99.py",
        "ex3_sgd.py",
        "3.py",
        "loss.py",
        "test.py",
        ".py",
        "ex.py",
        "ex03_squared_loss.pyc",
        "ex٣.py",
        "ex" + "3" * 300 + ".py",
    ],
)
def test_a_name_that_says_no_exercise(name: str) -> None:
    """Another suffix, an unknown number, a number alone or one at odds with its slug name nothing."""
    assert NAMES.of_file(name) is None


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("ex03_squared_loss-2.py", 2),
        ("ex3 (1).py", 1),
        ("ex3(12).py", 12),
        ("ex3-1 (2).py", 2),
        ("ex3 - Copy.py", 0),
        ("ex3 - Copy (2).ipynb", 0),
        ("ex3 copy 3.py", 0),
        ("ex3 - 副本.py", 0),
        ("ex-3.py", 0),
    ],
)
def test_versions(name: str, mark: int) -> None:
    """The numbers of Canvas and of browsers say which version is later; a copy is as old as its time says."""
    named = NAMES.of_file(name)
    assert named is not None
    assert (named.exercise.id, named.mark) == ("ex3", mark)


@given(st.sampled_from(COURSE.exercises), st.integers(0, 4), st.sampled_from([".py", ".PY", ".ipynb"]), st.data())
def test_what_the_command_line_finds_is_found_in_names(
    exercise: object, zeros: int, suffix: str, data: st.DataObject
) -> None:
    """A stem with letters is read as `grader check` reads it."""
    assert exercise in COURSE.exercises
    number = "0" * zeros + str(exercise.number)  # type: ignore[attr-defined]
    stem = data.draw(st.sampled_from([exercise.name, exercise.slug, f"ex{number}"]))  # type: ignore[attr-defined]
    stem = "".join(data.draw(st.sampled_from([letter, letter.upper()])) for letter in stem)
    named = NAMES.of_file(stem + suffix)
    assert named is not None
    assert named.exercise == find_exercise(COURSE, stem) == exercise


@given(st.text(max_size=300))
def test_any_name_is_judged(name: str) -> None:
    """No name breaks the reading of names, and a name that is none is nothing of use."""
    named = NAMES.of_file(name)
    assert named is None or (named.mark >= 0 and most_bytes(name) > 0)
    stem = module_stem(name)
    assert stem is None or f"{stem}.py" == name
    assert not (archive_stem(name) and is_other_archive(name)) or name.casefold().endswith(("gz", "bz2", "xz"))


@pytest.mark.parametrize(
    "name", [".git", ".DS_Store", "__pycache__", "__MACOSX", ".ipynb_checkpoints", "a.pyc", "README", "readme.md"]
)
def test_noise(name: str) -> None:
    """What systems and tools leave behind is nobody's work."""
    assert is_noise(name)


@pytest.mark.parametrize("name", ["ex3.py", "data.csv", "progress.py", "git", "reading.md"])
def test_no_noise(name: str) -> None:
    """Everything else is somebody's."""
    assert not is_noise(name)


def test_archives() -> None:
    """Archives are known by their suffix, those that are not read too."""
    read = ("a.zip", "b.tar.gz", "c.TGZ", "d.tar.xz", "e.tar", "f.tbz2")
    assert [archive_stem(name) for name in read] == list("abcdef")
    assert archive_stem("a.rar") is None
    assert [is_other_archive(name) for name in ("a.rar", "a.7z", "a.gz", "a.py")] == [True, True, True, False]
