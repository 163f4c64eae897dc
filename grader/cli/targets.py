"""Which file is to be graded as which exercise, from the arguments of `grader check`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from grader.course import find_exercise
from grader.durable import reason_of
from grader.errors import UsageError
from grader.model import Exercise, GradeRequest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from grader.model import Course


class Named(msgspec.Struct, frozen=True):
    """What the arguments name: exercises of the workspace, or files with their exercises."""

    exercises: tuple[Exercise, ...]
    requests: tuple[GradeRequest, ...]


def read_arguments(
    course: Course, arguments: Sequence[str], *, file: Path | None, everything: bool, here: Path
) -> Named:
    """Sort `arguments` into exercises and files, and match the files with exercises."""
    words = [each for each in arguments if not _is_file(course, each, here)]
    files = [here / each for each in arguments if _is_file(course, each, here)]
    if file is not None:
        files.append(here / file)
    exercises = _unique([find_exercise(course, each) for each in words])
    if everything and arguments:
        raise UsageError("target.all_and_more", given=arguments[0])
    if everything and files:
        raise UsageError("target.all_and_more", given=files[0])
    if not files:
        return Named(course.exercises if everything else exercises, ())
    for path in files:
        require_readable(path)
    if not exercises:
        return Named((), tuple(GradeRequest(_named_by(course, path), path) for path in files))
    if len(exercises) > 1 or len(files) > 1:
        raise UsageError("target.one_file", exercises=len(exercises), files=len(files))
    return Named((), (GradeRequest(exercises[0], files[0]),))


def require_readable(path: Path) -> None:
    """Raise a UsageError unless `path` is a file that can be read."""
    if path.is_dir():
        raise UsageError("target.folder", path=path)
    try:
        # Opening a pipe would wait for its writer for ever.
        if path.exists() and not path.is_file():
            raise UsageError("target.special", path=path)
        with path.open("rb"):
            pass
    except FileNotFoundError as fault:
        raise UsageError("target.no_file", path=path) from fault
    except (OSError, ValueError) as fault:
        reason = reason_of(fault) if isinstance(fault, OSError) else str(fault)
        raise UsageError("target.unreadable", path=path, reason=reason) from fault


def _is_file(course: Course, argument: str, here: Path) -> bool:
    separators = {os.sep, os.altsep or os.sep}
    if any(each in argument for each in separators):
        return True
    if (here / argument).is_file() and argument.lower().endswith(".py"):
        return True
    try:
        find_exercise(course, argument)
    except UsageError:
        return argument.lower().endswith(".py") or (here / argument).exists()
    return False


def _named_by(course: Course, path: Path) -> Exercise:
    try:
        return find_exercise(course, path.stem)
    except UsageError as error:
        raise UsageError("target.which_exercise", path=path) from error


def _unique(exercises: Sequence[Exercise]) -> tuple[Exercise, ...]:
    # A course's records hold nothing unhashable, but ids say it more plainly.
    return tuple({each.id: each for each in exercises}.values())
