"""The workflow in a student's repository: its steps, run as GitHub's runner does."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
from typing import TYPE_CHECKING, Any

import pytest

from grader.batch.package import Settings, classroom_files, write_folder
from grader.batch.package.classroom_run import grade_in_classroom
from grader.course import load_course
from grader.errors import GraderError
from tests.batch.package.conftest import (
    BOTH,
    PATIENCE_S,
    RIGHT_1,
    RIGHT_3,
    STUB_3,
    WRONG_3,
    as_python,
    eventually,
    verdicts_in,
    write_program,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

yaml = pytest.importorskip("yaml")
POINTS = re.compile(r"^::notice title=Autograding complete::Points (\S+)/(\S+)$", re.MULTILINE)
REPORT = re.compile(r"^::notice title=Autograding report::(.+)$", re.MULTILINE)


class Repository:
    """A student's repository, and the runner's folders beside it."""

    def __init__(self, root: Path, *, settings: Settings = BOTH) -> None:
        self.root = root
        self.temp = root.with_name("runner")
        self.temp.mkdir(parents=True)
        self.summary = self.temp / "summary.md"
        write_folder(classroom_files(load_course(), settings), root)
        text = (root / ".github" / "workflows" / "classroom.yml").read_text(encoding="utf-8")
        self.workflow: dict[str, Any] = yaml.safe_load(text)

    def commit(self, **files: str) -> None:
        """Put files into the repository."""
        for name, text in files.items():
            (self.root / f"{name}.py").write_text(text, encoding="utf-8")

    def steps(self) -> Mapping[str, str]:
        """Return the commands of each step that has some."""
        (job,) = self.workflow["jobs"].values()
        return {step["name"]: step["run"] for step in job["steps"] if "run" in step}

    def run(self, step: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a step as the runner does."""
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", self.steps()[step]],
            cwd=self.root,
            env={
                **os.environ,
                "RUNNER_TEMP": str(self.temp),
                "GITHUB_STEP_SUMMARY": str(self.summary),
                "GITHUB_REPOSITORY": "class/ada",
                "GITHUB_SHA": "0" * 40,
                **environ,
            },
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    def grade(self) -> subprocess.CompletedProcess[str]:
        """Run the step that grades, where the grader is installed."""
        as_python(self.temp / "gradlings" / "bin" / "python")
        return self.run("Grade")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Return a repository with the workflow for two exercises."""
    return Repository(tmp_path / "repository")


def points(done: subprocess.CompletedProcess[str]) -> tuple[float, float]:
    """Return the points that Classroom reads, which both notices agree on."""
    ((total, most),) = POINTS.findall(done.stdout)
    (report,) = map(json.loads, REPORT.findall(done.stdout))
    assert report == {"totalPoints": float(total), "maxPoints": float(most)}
    return float(total), float(most)


def test_workflow_is_what_classroom_runs(repository: Repository) -> None:
    """The workflow runs with each push and on Classroom's request, with no more rights than reading."""
    workflow = repository.workflow
    assert set(workflow["on"]) == {"push", "workflow_dispatch", "repository_dispatch"}
    assert workflow["permissions"] == {"contents": "read"}
    (job,) = workflow["jobs"].values()
    assert job["if"] == "github.actor != 'github-classroom[bot]'"
    actions = [step["uses"] for step in job["steps"] if "uses" in step]
    assert all(action.startswith("actions/checkout@") for action in actions)


def test_install_takes_the_packed_grader(repository: Repository) -> None:
    """The grader is installed from the repository, with pinned versions, into a folder of the runner's."""
    programs, log = repository.temp / "programs", repository.temp / "log"
    inner = f'#!/bin/sh\necho "$*" >>"{log}"\n'
    write_program(
        programs / "python3",
        f'mkdir -p "$3/bin"\nprintf %s \'{inner}\' >"$3/bin/python"\nchmod +x "$3/bin/python"\n',
    )
    done = repository.run("Install the grader", PATH=f"{programs}:{os.environ['PATH']}")
    assert done.returncode == 0, done.stderr
    torch, rest = (line.split() for line in log.read_text(encoding="utf-8").splitlines())
    assert torch[-3:] == ["--index-url", "https://download.pytorch.org/whl/cpu", "torch"]
    for call in (torch, rest):
        assert (repository.root / call[call.index("--constraint") + 1]).is_file()
    assert (repository.root / rest[-1]).is_file()


def test_all_right_is_green(repository: Repository) -> None:
    """All points give status 0, and Classroom is told of them."""
    repository.commit(ex01_synthetic_data=RIGHT_1, ex3=RIGHT_3)
    done = repository.grade()
    assert done.returncode == 0, done.stdout + done.stderr
    assert points(done) == pytest.approx((20, 20), abs=1e-3)


def test_mistakes_are_named_and_not_all_points_are_red(repository: Repository) -> None:
    """A mistake is named in the log, the summary has the feedback, and the status is 1."""
    repository.commit(ex1=RIGHT_1, ex3=WRONG_3)
    done = repository.grade()
    assert done.returncode == 1, done.stdout + done.stderr
    total, most = points(done)
    assert 10 < total < most == 20
    assert "y is not brought into the shape of y\\_hat" in repository.summary.read_text(encoding="utf-8")
    assert "- y is not brought into the shape of y_hat" in done.stdout


def test_files_of_the_package_are_nobodys_work(repository: Repository) -> None:
    """An empty repository gets nothing: neither stubs nor what the workflow needs are taken for answers."""
    course = repository.root / ".github" / "classroom" / "course" / "solutions"
    course.mkdir(parents=True)
    (course / "ex03_squared_loss.py").write_text(RIGHT_3, encoding="utf-8")
    repository.commit(ex3=STUB_3)
    done = repository.grade()
    assert done.returncode == 1
    assert points(done) == (0, 20)


def test_output_is_no_command_to_the_runner(tmp_path: Path) -> None:
    """What code prints, and what files are called, never begins a line that the runner obeys."""
    repository = Repository(tmp_path / "repository", settings=Settings(exercises=("ex3",)))
    forged = "::notice title=Autograding complete::Points 99/99"
    repository.commit(ex3=f"print({forged!r})\nraise ValueError({forged!r})\n")
    (repository.root / f"{forged.replace('/', '_')}.txt").write_text("", encoding="utf-8")
    done = repository.grade()
    assert points(done) == (0, 10)
    assert len([line for line in done.stdout.splitlines() if line.lstrip().startswith("::")]) == 2


def test_no_confinement_tells_no_points(repository: Repository) -> None:
    """Where the runner cannot confine nothing is graded and no points are told."""
    said: list[str] = []
    package = repository.root / ".github" / "classroom"
    with pytest.raises(GraderError, match="not_confined"):
        grade_in_classroom(package, repository.root, level="seccomp", environ={}, say=said.append)
    assert said == []


def test_a_broken_package_is_a_fault(repository: Repository) -> None:
    """A package that was changed is told of on standard error, with status 2 and no points."""
    (repository.root / ".github" / "classroom" / "gradlings.json").write_text("[]", encoding="utf-8")
    done = repository.grade()
    assert done.returncode == 2
    assert "gradlings.json" in done.stderr
    assert not POINTS.search(done.stdout)


def test_what_was_not_graded_costs_nobody_points(repository: Repository) -> None:
    """A grading that is ended tells what it has and no points, with status 2."""
    repository.commit(ex1=RIGHT_1, ex3="while True:\n    pass\n")
    python = repository.temp / "gradlings" / "bin" / "python"
    as_python(python)
    scratch = repository.temp / "tmp"
    scratch.mkdir()
    ended: list[bool] = []

    def end() -> None:
        ended.append(eventually(lambda: verdicts_in(scratch) > 0))
        os.kill(int(python.with_name("python.pid").read_text(encoding="utf-8")), signal.SIGTERM)

    ending = threading.Thread(target=end)
    ending.start()
    done = repository.run("Grade", TMPDIR=str(scratch))
    ending.join()
    assert ended == [True]
    assert done.returncode == 2, done.stdout + done.stderr
    assert "10/10" in done.stdout
    assert "could not be graded in the time" in done.stdout
    assert not POINTS.search(done.stdout)


def test_readme_is_honest(tmp_path: Path) -> None:
    """Who reads the folder learns, in either language, that these points are feedback and not grades."""
    for lang, word in (("en", "feedback"), ("zh", "反馈")):
        settings = Settings(exercises=("ex3",), lang="zh" if lang == "zh" else "en")
        written = write_folder(classroom_files(load_course(), settings), tmp_path / lang)
        readme = next(path for path in written if path.name == "README.md").read_text(encoding="utf-8")
        assert word in readme
        assert "@" not in readme


def test_packing_again_replaces_links_only(repository: Repository, tmp_path: Path) -> None:
    """A file of an earlier package is replaced; a link in its place is never written through."""
    target = tmp_path / "precious"
    target.write_text("mine", encoding="utf-8")
    workflow = repository.root / ".github" / "workflows" / "classroom.yml"
    workflow.unlink()
    workflow.symlink_to(target)
    write_folder(classroom_files(load_course(), BOTH), repository.root)
    assert target.read_text(encoding="utf-8") == "mine"
    assert not workflow.is_symlink()
