"""An exercise's plot.py, run on a learner's file behind the wall."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from grader.errors import CourseError, UsageError
from grader.judge.loading import load_names
from grader.judge.plots import plot_of, plot_trusted
from grader.model import GradeOptions, GradeRequest, Limits

if TYPE_CHECKING:
    from pathlib import Path

    from grader.model import Course, Plot
    from grader.worker.nursery import Nursery
    from tests.judge.conftest import WriteExercise

PLOT = """
import torch
from grader.judge import Text
from grader.judge.curves import line, points
from grader.model import Plot

LABEL = Text("a", "甲")


def plot(student, draw):
    x = torch.arange(4.0)
    start = draw.normal(1).item()
    series = line(x, student.f(x), label=LABEL), points([start], [1.0], label=LABEL)
    return Plot(title=LABEL, x_label=LABEL, y_label=LABEL, series=series)
"""
RIGHT = "def f(x):\n    return x * 3\n"


class PlotSource(Protocol):
    """Plots a source with the plot.py of an exercise."""

    def __call__(self, source: str, *, plot: str | None = PLOT, seed: int = 1, **limits: Any) -> Plot | None:
        """Do it."""
        ...


@pytest.fixture
def plot_source(write_exercise: WriteExercise, tmp_path: Path, nursery: Nursery) -> PlotSource:
    """Return a function that plots a source in a confined worker."""
    written: list[Course] = []

    def run(source: str, *, plot: str | None = PLOT, seed: int = 1, **limits: Any) -> Plot | None:
        if not written:
            written.append(write_exercise())
            if plot is not None:
                written[0].exercises[0].plot.write_text(plot, encoding="utf-8")
        exercise = written[0].exercises[0]
        file = tmp_path / "practice" / exercise.file_name
        file.parent.mkdir(exist_ok=True)
        file.write_text(source, encoding="utf-8")
        options = GradeOptions(course=written[0], seed=seed, lang="en", limits=Limits(**limits))
        return plot_of(GradeRequest(exercise, file), options=options, starter=nursery)

    return run


def test_the_learners_numbers_are_plotted(plot_source: PlotSource) -> None:
    """The series hold what the learner's function returned, as plain floats."""
    found = plot_source("def f(x):\n    return x * 5\n")
    assert found is not None
    assert found.series[0].y == (0.0, 5.0, 10.0, 15.0)
    assert type(found.series[0].y[0]) is float


def test_the_seed_decides_the_inputs(plot_source: PlotSource) -> None:
    """The same seed draws the same plot, another one another."""
    assert plot_source(RIGHT) == plot_source(RIGHT)
    assert plot_source(RIGHT, seed=2) != plot_source(RIGHT)


def test_no_plot_without_a_plot_file(plot_source: PlotSource) -> None:
    """An exercise need not have one."""
    assert plot_source(RIGHT, plot=None) is None


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n    raise NotImplementedError\n",
        "def f(x):\n    return 1 / 0\n",
        "def f(x)\n",
        "import os\nos._exit(0)\n",
        "def f(x):\n    return x[:2]\n",
        "def f(x):\n    return x * float('nan')\n",
        "def f(x):\n    return None\n",
        "def f(x):\n    return 'many words'\n",
        "def f(x):\n    return x + 0j\n",
        "g = 1\n",
    ],
)
def test_code_that_does_not_get_that_far_has_no_plot(plot_source: PlotSource, source: str) -> None:
    """Code that raises, leaves, or returns what is no curve gives None, not an error."""
    assert plot_source(source) is None


def test_an_endless_loop_has_no_plot(plot_source: PlotSource) -> None:
    """The time limit holds, and a shorter one than that of a check."""
    start = time.perf_counter()
    assert plot_source("def f(x):\n    while True: pass\n", wall_s=1.0) is None
    assert time.perf_counter() - start < 3.0


def test_a_plot_file_that_trips_over_the_learners_values_is_no_fault(plot_source: PlotSource) -> None:
    """What plot.py computes with a wrong result may fail: as long as it works on the reference, that is None."""
    trips = PLOT.replace("student.f(x)", "student.f(x) + torch.zeros(4, 1)[:, 0] @ student.f(x)")
    assert plot_source("def f(x):\n    return x.reshape(4, 1, 1)[:2]\n", plot=trips) is None


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("def plot(", "SyntaxError"),
        ("x = 1\n", "defines no plot"),
        ("def plot(student, draw):\n    return 1 / 0\n", "ZeroDivisionError"),
        ("def plot(student, draw):\n    return None\n", "Error"),
    ],
)
def test_a_broken_plot_file_is_the_courses_fault(plot_source: PlotSource, broken: str, said: str) -> None:
    """A plot.py that fails on the reference too is named with its error."""
    with pytest.raises(CourseError) as caught:
        plot_source(RIGHT, plot=broken)
    assert said in str(caught.value)
    assert "plot.py" in str(caught.value)


def test_what_the_learner_prints_stays_behind_the_wall(
    plot_source: PlotSource, capfd: pytest.CaptureFixture[str]
) -> None:
    """Output of the learner's code never reaches the judge's own."""
    assert plot_source("print('top')\ndef f(x):\n    print('hello')\n    return x\n") is not None
    assert capfd.readouterr() == ("", "")


def test_a_file_that_is_gone_is_said(write_exercise: WriteExercise, tmp_path: Path, nursery: Nursery) -> None:
    """A file that cannot be read is not taken for one without a plot."""
    course = write_exercise()
    exercise = course.exercises[0]
    exercise.plot.write_text(PLOT, encoding="utf-8")
    options = GradeOptions(course=course, seed=1, lang="en")
    with pytest.raises(UsageError):
        plot_of(GradeRequest(exercise, tmp_path / "gone.py"), options=options, starter=nursery)


def test_trusted_code_is_plotted_in_this_process(write_exercise: WriteExercise) -> None:
    """The reference gives a plot, and code that gives none is an error here."""
    exercise = write_exercise().exercises[0]
    exercise.plot.write_text(PLOT, encoding="utf-8")
    names = load_names(exercise.solution)
    assert plot_trusted(exercise, names, seed=1).series[0].y == (0.0, 3.0, 6.0, 9.0)
    with pytest.raises(CourseError):
        plot_trusted(exercise, names | {"f": lambda x: x[:1]}, seed=1)
