"""File names made from what students are called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.exports.file_names import file_names


@pytest.mark.parametrize("name", ["ann", "Ann Lee", "王小明", "20230001", "a.b-c_d@x.invalid", "O'Neil"])
def test_harmless_ids_keep_their_name(name: str) -> None:
    """An id that every file system takes is the name."""
    assert file_names([name]) == {name: name}


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../a",
        "a/b",
        "a\\b",
        ".a",
        "-a",
        " a",
        "a.",
        "a ",
        "con",
        "COM1.x",
        "a:b",
        "a\nb",
        "a\u202eb",
        "x" * 151,
        "\udcff",
    ],
)
def test_harmful_ids_become_safe_names(name: str) -> None:
    """Separators, leading dots and dashes, devices of Windows and overlong ids are no file name."""
    made = file_names([name])[name]
    assert made != name
    assert made.isprintable()
    assert not set(made) & set('<>:"/\\|?*')
    assert made[0] not in ".- "
    assert len(made.encode()) <= 150


def test_names_differ_by_more_than_case() -> None:
    """Ids that one file system holds to be the same get names that it tells apart."""
    made = file_names(["ann", "ANN", "\u00e9", "e\u0301"])
    assert len({each.casefold() for each in made.values()}) == 4
    assert made["ANN"] == "ANN"


def test_nobody_takes_the_name_of_another() -> None:
    """A student who is called what another's cleaned name would be keeps it, and the other gets a third."""
    wanted = file_names(["a/b"])["a/b"]
    made = file_names(["a/b", wanted])
    assert made[wanted] == wanted
    assert made["a/b"] != wanted


@given(st.sets(st.text(st.characters(), max_size=200), max_size=8))
def test_distinct_ids_have_distinct_safe_names(ids: set[str]) -> None:
    """Whatever the ids, the names are safe, short and different."""
    made = file_names(ids)
    assert set(made) == ids
    assert len({each.casefold() for each in made.values()}) == len(ids)
    for each in made.values():
        assert each
        assert len(each.encode()) <= 150
        assert not each.startswith((".", "-", " "))
        assert not set(each) & set('<>:"/\\|?*\n\r\t\0')
