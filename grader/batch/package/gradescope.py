"""The autograder that Gradescope runs: a script that sets up its image, and one that grades a submission.

https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from grader.batch.exports import gradescope_failure
from grader.batch.package.contents import contents
from grader.batch.package.parcel import PackedFile, filled_template
from grader.texts import Catalog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.batch.package.settings import Settings
    from grader.model import Course

# What the grader leaves of Gradescope's time to start, to end and to write its results.
_SPARE_S = 60
_LEAST_S = 5


def gradescope_files(course: Course, settings: Settings, *, limit_s: int) -> Iterator[PackedFile]:
    """Yield the files of an autograder; `limit_s` is how long Gradescope lets it run.

    Raises:
        PackageError: this grader cannot be packed.
        WorkspaceError: a file cannot be read.
    """
    texts = Catalog(settings.lang)
    yield PackedFile("setup.sh", filled_template("setup.sh"), is_program=True)
    yield PackedFile(
        "run_autograder",
        filled_template(
            "run_autograder",
            seconds=str(max(limit_s - _SPARE_S, _LEAST_S)),
            failure=gradescope_failure(lang=settings.lang).decode(),
            no_python=shlex.quote(texts.say("package.no_python")),
        ),
        is_program=True,
    )
    yield from contents(course, settings)
