"""A machine that cannot confine what it grades: refused, or said by everything that comes of it."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import msgspec
import pytest

from grader.batch.run import Asked, run_batch
from grader.batch.work import Outcome
from grader.cli.app import App
from grader.cli.batch_progress import BatchProgress
from grader.cli.batch_summary import closing_lines, write_out
from grader.errors import UsageError
from grader.model import CheckResult, Report, Status
from tests.warm.conftest import write_small

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from grader.batch.records import Book
    from grader.batch.work import Job, Pool
    from grader.model import GradeOptions

LESS = ["landlock", "seccomp", "limits", "none"]


class TrustingPool:
    """Passes everything, with less confinement than there should be."""

    def __init__(self, level: str) -> None:
        self._level = level

    def grade(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Yield a pass for each job."""
        for job in jobs:
            check = CheckResult("test_f", "f", Status.PASSED, 4.0, 4.0, "", None, 0.1)
            report = Report(
                job.exercise, "f", True, Status.PASSED, 4.0, 4.0, "cpu", 7, 0.1, self._level, None, (check,)
            )
            yield Outcome(student=job.student, exercise=job.exercise, report=report)

    def close(self) -> None:
        """Do nothing."""


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    """Return what a run over one student's file is asked for."""
    course = write_small(tmp_path / "course")
    folder = tmp_path / "class" / "ada"
    folder.mkdir(parents=True)
    (folder / course.exercises[0].file_name).write_text("def f(x):\n    return x\n", encoding="utf-8")
    return Asked(
        course=course, submissions=tmp_path / "class", out=tmp_path / "out", exercises=course.exercises, lang="en"
    )


def no_pool(options: GradeOptions, staging: Path) -> Pool:
    """Be the pool of a run that must not begin."""
    raise AssertionError(options, staging)


@pytest.mark.parametrize("level", LESS)
def test_less_than_full_confinement_is_refused(asked: Asked, level: str) -> None:
    """Without --unsafe nothing is graded and nothing written, and the level is named."""
    progress = BatchProgress(App({}), io.StringIO(), {})
    with pytest.raises(UsageError, match="not_confined") as refusal:
        run_batch(asked, open_pool=no_pool, watcher=progress, finish=lambda _: None, confinement=level)
    assert refusal.value.params == {"level": level}
    assert not asked.out.exists()


@pytest.mark.parametrize("level", LESS)
def test_everything_states_the_level(asked: Asked, level: str) -> None:
    """With --unsafe the terminal, the results, the report and each student's feedback name the level."""
    app, said, told = App({"LC_ALL": "C.UTF-8"}), io.StringIO(), []

    def finish(book: Book) -> None:
        told.extend(closing_lines(app, book, write_out(app, book, asked.out)))

    book = run_batch(
        msgspec.structs.replace(asked, unsafe=True),
        open_pool=lambda _options, _staging: TrustingPool(level),
        watcher=BatchProgress(app, said, {}),
        finish=finish,
        confinement=level,
    )
    assert book.sandbox == level
    assert f"(level: {level})" in said.getvalue()
    assert f"(level: {level})" in "\n".join(told)
    (line,) = (asked.out / "results.jsonl").read_text(encoding="utf-8").splitlines()
    assert (json.loads(line)["sandbox"], json.loads(line)["report"]["sandbox"]) == (level, level)
    page = (asked.out / "report.html").read_text(encoding="utf-8")
    assert f"Confinement: {level}" in page
    assert "The submissions were not fully confined" in page
    feedback = list((asked.out / "feedback").rglob("ada*"))
    assert len(feedback) == 2
    for file in feedback:
        assert f"reduced confinement: {level}" in file.read_text(encoding="utf-8")
