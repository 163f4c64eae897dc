"""Grades one submission where Gradescope has laid it out, and writes its results.

https://gradescope-autograders.readthedocs.io/en/latest/submission_metadata/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from grader.batch.exports import gradescope_failure, gradescope_results
from grader.batch.exports.gradescope import Results
from grader.batch.package.grading import NotConfinedError, Submission, graded, remarks, seed_of
from grader.batch.package.settings import FILE_NAME, read_settings
from grader.batch.records import Student
from grader.durable import replace_file
from grader.sanitise import plain_line
from grader.texts import Catalog

if TYPE_CHECKING:
    from pathlib import Path

_MOST_METADATA_BYTES = 64 << 20
_LONGEST_NAME = 200


class _User(msgspec.Struct, frozen=True):
    name: str = ""
    email: str = ""


class _Metadata(msgspec.Struct, frozen=True):
    id: int | str = ""
    users: tuple[_User, ...] = ()


def grade_on_gradescope(package: Path, root: Path, *, level: str) -> None:
    """Grade `root/submission` by the package in the folder `package`, and write `root/results/results.json`.

    `level` is the confinement of this machine; where it is not enough, the results say so.

    Raises:
        GraderError: nothing can be graded; the results are as they were.
    """
    settings = read_settings(package / FILE_NAME)
    texts = Catalog(settings.lang)
    submission = submission_in(root)
    try:
        with graded(submission, settings, package, level=level) as book:
            data = gradescope_results(book, submission.student.id)
            lines = [*remarks(book, texts), texts.say("package.seed", seed=submission.seed)]
    except NotConfinedError as error:
        data, lines = gradescope_failure(lang=settings.lang), [texts.explain(error)]
    replace_file(root / "results" / "results.json", _with_lines(data, lines))


def _with_lines(data: bytes, lines: list[str]) -> bytes:
    results = msgspec.json.decode(data, type=Results)
    return msgspec.json.encode(msgspec.structs.replace(results, output="\n".join([results.output, *lines])))


def submission_in(root: Path) -> Submission:
    """Return the submission that Gradescope has laid out in `root`, a group's under all of their names.

    Metadata that is missing or not as expected costs the name, not the grade.
    """
    found = _metadata(root / "submission_metadata.json")
    number = plain_line(str(found.id), _LONGEST_NAME)
    student = Student(
        id=f"submission {number}".strip(),
        name=plain_line(", ".join(user.name for user in found.users), _LONGEST_NAME),
        email=plain_line(found.users[0].email, _LONGEST_NAME) if found.users else "",
        ids={"gradescope": number} if number else {},
    )
    return Submission(student=student, folder=root / "submission", seed=seed_of(number))


def _metadata(file: Path) -> _Metadata:
    try:
        with file.open("rb") as stream:
            data = stream.read(_MOST_METADATA_BYTES)
        return msgspec.json.decode(data, type=_Metadata)
    except (OSError, msgspec.MsgspecError, RecursionError):
        return _Metadata()
