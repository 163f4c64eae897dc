"""What is put back between two requests."""

from __future__ import annotations

import importlib.util
import os
import random
import sys
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
import torch

from grader.warm.pristine import left_as_found

if TYPE_CHECKING:
    from pathlib import Path

    from grader.model import Course


def state() -> tuple[object, ...]:
    """Return all that a request may have changed."""
    return (
        torch.random.get_rng_state().tolist(),
        random.getstate(),
        torch.get_default_dtype(),
        torch.is_grad_enabled(),
        list(sys.path),
        dict(os.environ),
        os.getcwd(),  # noqa: PTH109 - a folder that was removed has no path
        list(warnings.filters),
    )


def spoil(folder: Path) -> None:
    """Change all of it."""
    torch.manual_seed(3)
    random.seed(3)
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    sys.path.append("/left")
    os.environ["LEFT"] = "1"
    os.environ.pop("PATH", None)
    warnings.simplefilter("error")
    os.chdir(folder)


@pytest.mark.parametrize("fails", [False, True])
def test_all_is_as_it_was(course: Course, tmp_path: Path, fails: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Whether the request ends well or not."""
    before = state()
    with suppress(ZeroDivisionError), left_as_found(course):
        spoil(tmp_path)
        assert state() != before
        if fails:
            raise ZeroDivisionError
    assert state() == before


def test_modules_of_the_course_go_and_others_stay(course: Course, tmp_path: Path) -> None:
    """The next request imports its checks anew; what takes long to import is imported once."""
    (tmp_path / "elsewhere.py").touch()
    (course.root / "ex01_double" / "beside.py").touch()
    with left_as_found(course):
        for path in (tmp_path / "elsewhere.py", course.root / "ex01_double" / "beside.py"):
            spec = importlib.util.spec_from_file_location(path.stem, path)
            assert spec is not None
            sys.modules[path.stem] = importlib.util.module_from_spec(spec)
    assert "elsewhere" in sys.modules
    assert "beside" not in sys.modules
    del sys.modules["elsewhere"]
