"""What every package holds, whatever the service: the grader, its versions, the settings, a course."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from grader.batch.package.parcel import PackedFile, files_below
from grader.batch.package.settings import COURSE_FOLDER, FILE_NAME, Settings, encode
from grader.batch.package.wheel import constraints, packed_wheel
from grader.course import default_root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.model import Course


def contents(course: Course, settings: Settings) -> Iterator[PackedFile]:
    """Yield the files that grade by `course`, with it where it is not the grader's own.

    Raises:
        PackageError: this grader cannot be packed.
        WorkspaceError: a file cannot be read.
    """
    own_course = course.root.resolve() != default_root().resolve()
    yield packed_wheel()
    yield constraints()
    yield PackedFile(FILE_NAME, encode(msgspec.structs.replace(settings, own_course=own_course)))
    if own_course:
        # A course is more than the exercises that were asked for: course.toml names all of them.
        yield from files_below(course.root, f"{COURSE_FOLDER}/exercises")
        yield from files_below(course.root.parent / "solutions", f"{COURSE_FOLDER}/solutions")
