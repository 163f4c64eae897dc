"""results.json for Gradescope."""

from __future__ import annotations

import json

import pytest

from grader.batch.exports import gradescope_failure, gradescope_results
from grader.batch.records import Student
from grader.model import LANGS, Lang
from tests.batch.exports.books import MARKUP, class_of, faulty_class


def test_checks_are_tests() -> None:
    """A test for each check, one for what was not handed in, and the score with the override on top."""
    found = json.loads(gradescope_results(class_of(Student(id="ann")), "ann", visibility="after_due_date"))
    assert (found["score"], found["visibility"], found["stdout_visibility"]) == (14.0, "after_due_date", "hidden")
    assert found["execution_time"] == pytest.approx(0.2468)
    tests = found["tests"]
    assert [(test["number"], test["score"], test["max_score"], test["status"]) for test in tests] == [
        ("1.1", 5.0, 5.0, "passed"),
        ("1.2", 0.0, 5.0, "failed"),
        ("2", 0.0, 10.0, "failed"),
        ("3.1", 5.0, 5.0, "passed"),
    ]
    assert tests[1]["output"].startswith("Mistake: The half is missing\n\nThe loss is")
    assert tests[2]["output"] == "Nothing was handed in for this exercise."
    assert "Late." in found["output"]


def test_faults_have_no_score() -> None:
    """What the grader failed to grade is no zero among the tests, and the output says why."""
    found = json.loads(gradescope_results(faulty_class(), "ann"))
    assert found["score"] == 5.0
    assert "score" not in found["tests"][-1]
    assert "It is not a zero" in found["tests"][-1]["output"]
    assert "so far" in found["output"]


def test_nothing_is_rendered() -> None:
    """Markup that was printed is text to Gradescope, without escape sequences."""
    data = gradescope_results(class_of(Student(id="ann"), text=MARKUP), "ann")
    found = json.loads(data)
    assert {found[f"{part}output_format"] for part in ("", "test_")} == {"text"}
    assert found["test_name_format"] == "text"
    assert not {"output_format", "name_format"} & set(found["tests"][0])
    assert b"\\u001b" not in data
    assert "<script>" in found["tests"][1]["output"] + found["output"]


@pytest.mark.parametrize("lang", LANGS)
def test_failures_say_so(lang: Lang) -> None:
    """Where grading failed as a whole there is a valid file with a number and an apology."""
    found = json.loads(gradescope_failure(lang=lang, seconds=1.5))
    assert (found["score"], found["execution_time"], found["tests"]) == (0.0, 1.5, [])
    assert found["output"].startswith("Sorry" if lang == "en" else "抱歉")
