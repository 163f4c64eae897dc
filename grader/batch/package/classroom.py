"""The workflow that GitHub Classroom runs in a student's repository, and what it needs there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from grader.batch.package.contents import contents
from grader.batch.package.parcel import PackedFile, filled_template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.batch.package.settings import Settings
    from grader.model import Course

# A folder whose name begins with a dot holds nobody's work: intake passes it by.
FOLDER = ".github/classroom"
WORKFLOW = ".github/workflows/classroom.yml"


def classroom_files(course: Course, settings: Settings) -> Iterator[PackedFile]:
    """Yield the files that a template repository needs.

    Raises:
        PackageError: this grader cannot be packed.
        WorkspaceError: a file cannot be read.
    """
    yield PackedFile(WORKFLOW, filled_template("classroom.yml", folder=FOLDER))
    yield PackedFile(f"{FOLDER}/README.md", filled_template(f"classroom.{settings.lang}.md", workflow=WORKFLOW))
    for file in contents(course, settings):
        yield msgspec.structs.replace(file, name=f"{FOLDER}/{file.name}")
