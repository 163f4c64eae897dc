"""Undo what one request changed in a judge that answers many, so that each finds it as the first did."""

from __future__ import annotations

import os
import random
import sys
import warnings
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from grader.model import Course


@contextmanager
def left_as_found(course: Course) -> Iterator[None]:
    """Run the block, then put back what the checks, mistakes and references of `course` may have changed.

    That is: modules of the course and where modules are looked for, generators of random
    numbers, torch's defaults, environment, current folder and filters of warnings.
    """
    rng, python_rng = torch.random.get_rng_state(), random.getstate()
    dtype, grad = torch.get_default_dtype(), torch.is_grad_enabled()
    modules, path = frozenset(sys.modules), list(sys.path)
    environ, here = dict(os.environ), os.open(".", os.O_RDONLY)
    try:
        with warnings.catch_warnings():
            yield
    finally:
        # A module of the course that could not be imported is in there half made.
        for name in sys.modules.keys() - modules:
            if _is_of(course, sys.modules[name]):
                del sys.modules[name]
        sys.path[:] = path
        torch.random.set_rng_state(rng)
        random.setstate(python_rng)
        torch.set_default_dtype(dtype)
        torch.set_grad_enabled(grad)
        if os.environ != environ:
            os.environ.clear()
            os.environ.update(environ)
        with suppress(OSError):
            os.fchdir(here)
        os.close(here)


def _is_of(course: Course, module: ModuleType) -> bool:
    """Say whether a module is a file of the course, or a package in its folders."""
    places = (getattr(module, "__file__", None), *getattr(module, "__path__", ()))
    folders = (course.root.resolve(), (course.root.parent / "solutions").resolve())
    found = [Path(place).resolve() for place in places if place is not None]
    return any(place.is_relative_to(folder) for place in found for folder in folders)
