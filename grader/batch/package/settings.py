"""What a package is to grade, and how: decided when it is packed, read where it is unpacked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from grader.course import find_exercise, load_course
from grader.durable import doing
from grader.errors import GraderError
from grader.model import Course, Exercise, Lang, Limits
from grader.texts import Phrase

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "gradlings.json"
COURSE_FOLDER = "course"


class PackageError(GraderError):
    """A package cannot be made, or is not what was packed."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a package grades. `own_course` says that the package holds a course beside the grader's own."""

    exercises: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    lang: Lang = "en"
    limits: Limits = Limits()
    unsafe: bool = False
    own_course: bool = False


def encode(settings: Settings) -> bytes:
    """Return `settings` as a file that `read_settings` reads."""
    return msgspec.json.format(msgspec.json.encode(settings), indent=2) + b"\n"


def read_settings(file: Path) -> Settings:
    """Return the settings in `file`.

    Raises:
        WorkspaceError: it cannot be read.
        PackageError: it is not what was packed.
    """
    with doing(Phrase("action.read"), file):
        data = file.read_bytes()
    try:
        return msgspec.json.decode(data, type=Settings)
    except msgspec.MsgspecError as error:
        raise PackageError("package.bad_settings", path=file, reason=error) from None


def packed_course(settings: Settings, beside: Path) -> Course:
    """Return the course that a package in the folder `beside` grades by.

    Raises:
        CourseError: it is broken.
    """
    return load_course(beside / COURSE_FOLDER if settings.own_course else None)


def packed_exercises(settings: Settings, course: Course) -> tuple[Exercise, ...]:
    """Return the exercises that are to be graded.

    Raises:
        UsageError: the course has lost one.
    """
    return tuple(find_exercise(course, name) for name in settings.exercises)
