"""Loading the trusted files of a course."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING

import pytest

from grader.errors import CourseError
from grader.judge.loading import load_module, load_names

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_read_anew_each_time(tmp_path: Path) -> None:
    """What a file says now counts, also where it changed within a second and without growing."""
    file = tmp_path / "checks.py"
    file.write_text("made = [1]\n", encoding="utf-8")
    first = load_module(file)
    first.made.append(2)
    assert load_module(file).made == [1]
    file.write_text("made = [3]\n", encoding="utf-8")
    assert load_module(file).made == [3]
    assert first.made == [1, 2]


def test_nothing_of_it_stays(tmp_path: Path) -> None:
    """A file may import what lies beside it; afterwards neither its name nor its folder is where modules are found."""
    (tmp_path / "beside_the_checks.py").write_text("value = 4\n", encoding="utf-8")
    file = tmp_path / "checks.py"
    file.write_text("from beside_the_checks import value\n", encoding="utf-8")
    path, modules = list(sys.path), set(sys.modules)
    try:
        assert load_names(file)["value"] == 4
        assert sys.path == path
        assert set(sys.modules) - modules == {"beside_the_checks"}
        assert not list(tmp_path.glob("__pycache__/checks*"))
    finally:
        sys.modules.pop("beside_the_checks", None)


def test_its_classes_and_sources_are_found(tmp_path: Path) -> None:
    """A dataclass with postponed annotations works, and the source of a function can be asked for."""
    file = tmp_path / "mistakes.py"
    function = "def double(x):\n    return 2 * x\n"
    file.write_text(
        "from __future__ import annotations\nfrom dataclasses import dataclass\n\n\n"
        f"@dataclass\nclass Case:\n    size: int\n\n\n{function}",
        encoding="utf-8",
    )
    names = load_names(file)
    assert names["Case"](3).size == 3
    assert inspect.getsource(names["double"]) == function


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("checks.py", b"1 / 0\n", "ZeroDivisionError"),
        ("checks.py", b"def f(:\n", "SyntaxError"),
        ("checks.py", b"x = '\xff'\n", "SyntaxError"),
        ("checks.txt", b"x = 1\n", "ImportError: not a Python file"),
        ("gone.py", None, "FileNotFoundError"),
    ],
)
def test_a_file_that_cannot_be_executed_is_the_courses_fault(
    tmp_path: Path, name: str, source: bytes | None, said: str
) -> None:
    """Whatever is wrong with it, the file is named, and so is the reason."""
    file = tmp_path / name
    if source is not None:
        file.write_bytes(source)
    modules = set(sys.modules)
    with pytest.raises(CourseError) as caught:
        load_names(file)
    assert caught.value.params["path"] == file
    assert str(caught.value.params["error"]).startswith(said)
    assert set(sys.modules) == modules
