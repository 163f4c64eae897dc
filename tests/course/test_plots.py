"""The course's plots: the reference draws, right solutions draw the same kind, named mistakes are seen."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from grader.course import find_exercise, load_course
from grader.errors import CourseError
from grader.judge.curves import MOST_POINTS, MOST_SERIES
from grader.judge.loading import load_names
from grader.judge.plots import plot_trusted
from grader.judge.replay import load_lineup
from grader.model import LANGS, Exercise, Plot
from grader.worker.preload import preload

# More threads than cores only stall these small tensors.
torch.set_num_threads(1)
COURSE = load_course(None)
PLOTTED = [each for each in COURSE.exercises if each.plot.exists()]
RIGHT = Path(__file__).with_name("right")
# Of the picture's height.
VISIBLE = 0.1

# Mistakes that run, and whose picture is to give them away.
SEEN = {
    "ex1": "no_bias unscaled_noise noise_root uniform_features ignores_arguments",
    "ex2": "no_shuffle drops_last misses_one with_replacement shuffles_apart labels_left_behind "
    "shuffles_within_batches reseeds swapped_pair never_ends",
    "ex3": "no_half absolute detached half_inside",
    "ex4": "no_division ascent no_lr parameter_zeroed nothing_moves not_cleared frozen",
    "ex5": "no_bias layers_in_list made_in_forward frozen graph_cut",
    "ex6": "returns_logits softmax_of_one rounded sigmoid_twice tanh_output no_bias frozen",
    "ex7": "zero_everywhere first_derivative first_squared accumulated mean_taken",
}


@pytest.fixture(scope="module", autouse=True)
def late_imports() -> None:
    """Import what torch imports late: longer than a plot may take."""
    preload(name for each in PLOTTED for name in each.preload)


def shape_of(plot: Plot) -> list[tuple[str, str, int]]:
    """Return what two plots of right code share, whatever their numbers."""
    return [(each.label.en, each.kind, len(each.x)) for each in plot.series]


def differs(one: Plot, other: Plot) -> bool:
    """Tell whether a reader would see that two plots are not of the same code."""
    if shape_of(one) != shape_of(other):
        return True
    values = [y for series in one.series for y in series.y]
    gap = max(
        abs(y - other_y)
        for series, others in zip(one.series, other.series, strict=True)
        for y, other_y in zip(series.y, others.y, strict=True)
    )
    return gap > VISIBLE * (max(values) - min(values))


@pytest.mark.parametrize("exercise", PLOTTED, ids=lambda e: e.name)
def test_the_reference_is_plotted(exercise: Exercise) -> None:
    """The plot of the reference is within bounds at every seed, and the same for the same one."""
    names = load_names(exercise.solution)
    for seed in range(5):
        plot = plot_trusted(exercise, names, seed=seed)
        assert 1 <= len(plot.series) <= MOST_SERIES
        assert all(1 <= len(each.x) == len(each.y) <= MOST_POINTS for each in plot.series)
        texts = [plot.title, plot.x_label, plot.y_label, *(each.label for each in plot.series)]
        assert all(text.in_lang(lang).strip() for text in texts for lang in LANGS)
        assert plot == plot_trusted(exercise, names, seed=seed)


@pytest.mark.parametrize("exercise", PLOTTED, ids=lambda e: e.name)
def test_every_right_solution_is_plotted(exercise: Exercise) -> None:
    """A right solution in any style gives the curves of the reference."""
    reference = plot_trusted(exercise, load_names(exercise.solution), seed=1)
    for file in sorted((RIGHT / exercise.name).glob("*.py")):
        assert shape_of(plot_trusted(exercise, load_names(file), seed=1)) == shape_of(reference), file.name


@pytest.mark.parametrize(("id_", "mistake"), [(id_, each) for id_, names in SEEN.items() for each in names.split()])
def test_a_mistake_is_seen(id_: str, mistake: str) -> None:
    """A mistake that runs is plotted, and not as the reference is."""
    exercise = find_exercise(COURSE, id_)
    lineup = load_lineup(exercise)
    (made,) = (each for each in lineup.mistakes if each.id == mistake)
    reference = plot_trusted(exercise, lineup.solution, seed=1)
    assert differs(reference, plot_trusted(exercise, lineup.names(made), seed=1))


@pytest.mark.parametrize("exercise", PLOTTED, ids=lambda e: e.name)
def test_no_mistake_breaks_a_plot(exercise: Exercise) -> None:
    """Each named mistake is plotted, or has nothing to see; most are plotted."""
    lineup = load_lineup(exercise)
    plotted = 0
    for mistake in lineup.mistakes:
        try:
            plot_trusted(exercise, lineup.names(mistake), seed=1)
        except CourseError:
            continue
        plotted += 1
    assert plotted > len(lineup.mistakes) / 2
