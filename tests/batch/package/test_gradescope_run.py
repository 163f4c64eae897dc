"""A submission graded where Gradescope lays it out: whatever happens, there are results."""

from __future__ import annotations

import json
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.package import Settings
from grader.batch.package.gradescope_run import grade_on_gradescope, submission_in
from grader.errors import GraderError
from grader.model import Limits
from grader.sanitise import plain_line
from tests.batch.package.conftest import (
    RIGHT_1,
    RIGHT_3,
    STUB_3,
    WRONG_3,
    Autograder,
    eventually,
    require_results,
    scores,
    verdicts_in,
)

if TYPE_CHECKING:
    from pathlib import Path

LOOP = "while True:\n    pass\n"


def is_failure(found: dict[str, object]) -> bool:
    """Say whether results are those of a grading that failed as a whole."""
    return found["score"] == 0 and found["tests"] == [] and "is no grade" in str(found["output"])


def alive(process: int) -> bool:
    """Say whether a process still runs."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_right_submissions_have_all_points(autograder: Autograder) -> None:
    """Two right files get all points, a test for each check, and the seed that belongs to the submission."""
    autograder.submit(ex01_synthetic_data=RIGHT_1, squared_loss=RIGHT_3)
    found = autograder.run()
    assert found["score"] == pytest.approx(20, abs=1e-3)
    assert {test["status"] for test in found["tests"]} == {"passed"}
    assert {tag for test in found["tests"] for tag in test["tags"]} == {"ex1", "ex3"}
    assert str(submission_in(autograder.root).seed) in found["output"]
    assert list(autograder.scratch.glob("grading-*")) == []


def test_wrong_and_unstarted_and_missing(autograder: Autograder) -> None:
    """A known mistake is named, what was not handed in costs its points, a strange file is told of."""
    autograder.submit(ex3=WRONG_3, notes="x = 1\n")
    found = autograder.run()
    assert 0 < found["score"] < 10
    assert scores(found, "ex1") == 0
    assert "Mistake" in found["output"]
    assert "notes.py: it fits no exercise" in found["output"]


def test_untouched_stub(tmp_path: Path) -> None:
    """An untouched stub gets nothing, and is no failure of the grader's."""
    autograder = Autograder(tmp_path / "autograder", settings=Settings(exercises=("ex3",)))
    autograder.submit(ex3=STUB_3)
    found = autograder.run()
    assert found["score"] == 0
    assert found["tests"]
    assert not is_failure(found)


def test_crashing_and_writing_submissions(tmp_path: Path) -> None:
    """A file that writes results of its own and kills its process gets nothing, and the results are the grader's."""
    autograder = Autograder(tmp_path / "autograder", settings=Settings(exercises=("ex3",)))
    own = str(autograder.root / "results" / "results.json")
    forged = json.dumps({"score": 100})
    autograder.submit(ex3=f"import os\ntry:\n    open({own!r}, 'w').write({forged!r})\nfinally:\n    os.abort()\n")
    found = autograder.run()
    assert found["score"] == 0
    assert {test["status"] for test in found["tests"]} == {"failed"}
    assert not is_failure(found)


def test_a_grader_that_is_killed(autograder: Autograder) -> None:
    """Where the grader is killed in the middle there are results, and they say that the 0 is no grade."""
    autograder.submit(ex1=LOOP)
    with autograder.start() as process:
        os.kill(autograder.grading(), signal.SIGKILL)
        process.communicate()
    assert is_failure(autograder.results())


def test_a_container_that_is_killed(autograder: Autograder) -> None:
    """Where everything is killed at once there are results already."""
    autograder.submit(ex1=LOOP)
    with autograder.start() as process:
        grading = autograder.grading()
        process.kill()
        with suppress(ProcessLookupError):
            os.kill(grading, signal.SIGKILL)
    assert is_failure(autograder.results())


def test_time_that_is_over(autograder: Autograder) -> None:
    """A grading that is ended hands in what it has: the rest has no score and says so, and no process is left."""
    autograder.submit(ex1=RIGHT_1, ex3=LOOP)
    with autograder.start() as process:
        assert eventually(lambda: verdicts_in(autograder.scratch) > 0)
        process.terminate()
        process.communicate()
    found = autograder.results()
    assert found["score"] == pytest.approx(10, abs=1e-3)
    assert scores(found, "ex1") == pytest.approx(10, abs=1e-3)
    rest = [test for test in found["tests"] if "ex3" in test["tags"]]
    assert rest
    assert all("score" not in test for test in rest)
    assert "could not be graded in the time" in found["output"]
    assert not alive(autograder.grading())


def test_own_time_is_over_before_that_of_gradescope(tmp_path: Path) -> None:
    """The script ends a grading by itself, before Gradescope would."""
    autograder = Autograder(tmp_path / "autograder", settings=Settings(exercises=("ex3",)), limit_s=62)
    autograder.submit(ex3=LOOP)
    found = autograder.run()
    assert found["score"] == 0
    assert is_failure(found) or "could not be graded in the time" in found["output"]


def test_missing_python(autograder: Autograder) -> None:
    """Where setting up failed there are results, and the log tells the instructor."""
    autograder.python.unlink()
    assert is_failure(autograder.run())
    assert "setup.sh did not get to its end" in autograder.said


@pytest.mark.parametrize("broken", ["gradlings.json", "submission"])
def test_broken_folders(autograder: Autograder, broken: str) -> None:
    """A package that lost its settings, or a submission that is no folder, still gives results."""
    path = autograder.root / ("submission" if broken == "submission" else f"source/{broken}")
    if path.is_dir():
        path.rmdir()
    path.write_text("{", encoding="utf-8")
    found = autograder.run()
    assert found["score"] == 0
    assert "no grade" in found["output"] or "Nothing was handed in" in found["tests"][0]["output"]


def test_chinese(tmp_path: Path) -> None:
    """A package in Chinese tells its results, and its failure, in Chinese."""
    autograder = Autograder(tmp_path / "autograder", settings=Settings(exercises=("ex3",), lang="zh"))
    autograder.submit(ex3=WRONG_3)
    assert "种子" in autograder.run()["output"]
    autograder.python.unlink()
    assert autograder.run()["output"].startswith("抱歉")


def test_no_confinement_is_no_grading(autograder: Autograder) -> None:
    """Where the machine cannot confine nothing is run, and the results say why."""
    autograder.submit(ex3=RIGHT_3)
    (autograder.root / "results").mkdir()
    grade_on_gradescope(autograder.root / "source", autograder.root, level="limits")
    found = autograder.results()
    assert (found["score"], found["tests"]) == (0, [])
    assert "cannot confine what is graded (level: limits)" in found["output"]


def test_unsafe_packages_grade_without(tmp_path: Path) -> None:
    """A package that was made with --unsafe grades all the same."""
    autograder = Autograder(tmp_path / "autograder", settings=Settings(exercises=("ex3",), unsafe=True))
    autograder.submit(ex3=RIGHT_3)
    (autograder.root / "results").mkdir()
    grade_on_gradescope(autograder.root / "source", autograder.root, level="limits")
    assert autograder.results()["score"] == pytest.approx(10, abs=1e-3)


def test_names_of_files_decide_nothing(autograder: Autograder) -> None:
    """Files named as those of a class's download are this student's, whatever number they have."""
    folder = autograder.root / "submission" / "Eve_1_assignsubmission_file_"
    folder.mkdir()
    (folder / "ex3.py").write_text(RIGHT_3, encoding="utf-8")
    (autograder.root / "submission" / "submission_metadata.yml").write_text(":x:\n", encoding="utf-8")
    found = autograder.run()
    assert scores(found, "ex3") == pytest.approx(10, abs=1e-3)


def test_limits_travel(tmp_path: Path) -> None:
    """The time for each check is the packed one."""
    settings = Settings(exercises=("ex3",), limits=Limits(wall_s=0.5, cpu_s=0.5))
    autograder = Autograder(tmp_path / "autograder", settings=settings)
    autograder.submit(ex3=f"def squared_loss(y_hat, y):\n    {LOOP.replace(chr(10), ' ', 1)}")
    found = autograder.run()
    assert found["score"] == 0
    assert "0.5 s" in found["tests"][0]["output"]


def test_same_submission_same_seed(autograder: Autograder) -> None:
    """The seed depends on the submission's number alone; a group's names are all told."""
    first = submission_in(autograder.root)
    autograder.tell(123456, "Ada L.", "Eve B.")
    second = submission_in(autograder.root)
    autograder.tell(123457, "Ada L.")
    assert first.seed == second.seed != submission_in(autograder.root).seed
    assert second.student.name == "Ada L., Eve B."
    assert second.student.ids == {"gradescope": "123456"}


@given(st.binary() | st.text().map(lambda name: json.dumps({"id": name, "users": [{"name": name}]}).encode()))
def test_any_metadata_is_taken(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """Metadata of any kind gives a student whose name is one line of plain text."""
    root = tmp_path_factory.mktemp("root")
    (root / "submission_metadata.json").write_bytes(data)
    student = submission_in(root).student
    for text in (student.id, student.name, student.email, *student.ids.values()):
        assert text == plain_line(text, 1000)


def test_without_results_folder_nothing_is_half_written(autograder: Autograder) -> None:
    """A fault that the command can only report leaves the results as they were."""
    (autograder.root / "results").mkdir()
    file = autograder.root / "results" / "results.json"
    file.write_text("{}", encoding="utf-8")
    (autograder.root / "source" / "gradlings.json").unlink()
    with pytest.raises(GraderError):
        grade_on_gradescope(autograder.root / "source", autograder.root, level="full")
    assert file.read_text(encoding="utf-8") == "{}"


def test_the_rules_bite() -> None:
    """What Gradescope would not understand is noticed by these tests."""
    with pytest.raises(KeyError):
        require_results({"tests": []})
