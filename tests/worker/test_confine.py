"""What a worker may read, and how much it is shut in."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

from grader.worker import confine
from grader.worker.calls import has_seccomp
from grader.worker.confine import MAX_LEARNER_FILES, describe_level, learner_files, level, python_paths

if TYPE_CHECKING:
    from collections.abc import Iterable


def covers(trees: Iterable[Path], path: str | None) -> bool:
    """Tell whether a path lies in one of the trees."""
    assert path is not None
    return any(Path(path).resolve().is_relative_to(tree) for tree in trees)


def test_python_and_its_packages_may_be_read() -> None:
    """The standard library and torch lie in the trees; a home folder does not."""
    trees, listed = python_paths(())
    assert covers(trees, sysconfig.get_paths()["stdlib"])
    assert covers(trees, torch.__file__)
    assert not covers(trees, str(Path.home() / "secret"))
    assert listed == ()


def test_what_is_hidden_is_cut_out_of_the_trees() -> None:
    """A tree with something hidden in it is taken apart: its other parts may still be read."""
    packages = Path(sysconfig.get_paths()["purelib"]).resolve()
    hidden = packages / "torch"
    trees, listed = python_paths((hidden,))
    assert not covers(trees, str(hidden / "__init__.py"))
    assert covers(trees, str(packages / "pytest" / "__init__.py"))
    assert packages in listed
    assert packages not in trees


def test_the_learners_plain_files_and_packages_are_found(tmp_path: Path) -> None:
    """Files and packages beside the submission count; links, other folders and hidden ones do not."""
    for name in ("b.py", "a.py", "data.csv"):
        (tmp_path / name).touch()
    for name in ("package", "hidden"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "holds_hidden").mkdir()
    (tmp_path / "holds_hidden" / "__init__.py").touch()
    (tmp_path / "link.py").symlink_to("/etc/passwd")
    (tmp_path / "tree").symlink_to("/etc", target_is_directory=True)
    hidden = [tmp_path / "hidden", tmp_path / "holds_hidden" / "solutions"]
    found = [path.name for path in learner_files(tmp_path, hidden)]
    assert found == ["a.py", "b.py", "data.csv", "package"]


def test_a_crowded_folder_is_bounded(tmp_path: Path) -> None:
    """Of thousands of files only the first few hundred get a rule."""
    for number in range(MAX_LEARNER_FILES + 5):
        (tmp_path / f"{number:04}.py").touch()
    assert len(learner_files(tmp_path, [])) == MAX_LEARNER_FILES


@pytest.mark.skipif(sys.platform != "linux", reason="Landlock and seccomp are of Linux")
def test_the_level_follows_what_the_kernel_has() -> None:
    """The level names what is there, and its description the versions."""
    expected = {
        (True, True): "full",
        (True, False): "landlock",
        (False, True): "seccomp",
        (False, False): "limits",
    }[bool(confine.landlock_abi()), has_seccomp()]
    assert level() == expected
    assert describe_level().startswith(f"{expected} (Landlock ABI {confine.landlock_abi()}")
