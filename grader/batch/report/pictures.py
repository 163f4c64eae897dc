"""Draw the numbers of a class: pictures that the page's own colours and fonts fill, in light and in dark."""

from __future__ import annotations

import html
import io
import re
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING

import matplotlib as mpl
import matplotlib.backends.backend_svg  # else at the first picture
from matplotlib.figure import Figure

from grader.batch.report.summary import BINS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from matplotlib.axes import Axes

    from grader.batch.report.summary import ExerciseSummary
    from grader.model import Status

# Narrow, so that its letters can be read on a telephone, where the page shrinks it least.
_WIDTH_INCHES = 3.5
_FONT_POINTS = 8.0
_ROW_INCHES = 0.205
# What matplotlib writes down, and what the page reads instead: a variable of its style sheet.
_INK, _FAINT, _ACCENT, _ON = "#010101", "#010102", "#010103", "#010104"
_VARIABLES: Mapping[str, str] = MappingProxyType(
    {
        _INK: "var(--muted)", _FAINT: "var(--line)", _ACCENT: "var(--accent)", _ON: "var(--on)",
        "#010201": "var(--passed)", "#010202": "var(--failed)", "#010203": "var(--error)", "#010204": "var(--timeout)",
        "#010205": "var(--crashed)", "#010206": "var(--not_started)", "#010207": "var(--missing)",
        "#010208": "var(--skipped)", "#010209": "var(--ungraded)",
    }
)  # fmt: skip
_COLOURS = MappingProxyType({variable[6:-1]: colour for colour, variable in _VARIABLES.items()})
# matplotlib has no Chinese glyphs to measure: it places these, and the browser draws what stands for them.
_X_LABEL, _Y_LABEL = "x-label", "y-label"


@contextmanager
def _settings() -> Iterator[None]:
    # The user's own are made for other pictures.
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update({"svg.fonttype": "none", "font.size": _FONT_POINTS})
        yield


@_settings()
def scores_picture(bins: Sequence[int], *, x_label: str, y_label: str) -> str:
    """Return an SVG of how many students reached which tenth of the points."""
    figure, axes = _figure(2.15)
    axes.bar(range(BINS), bins, width=0.86, align="edge", color=_ACCENT)
    for nth, students in enumerate(bins):
        if students:
            axes.annotate(
                str(students), (nth + 0.43, students), (0, 2), textcoords="offset points", ha="center", color=_INK
            )
    axes.set_xticks(range(0, BINS + 1, 2), [f"{nth * 100 // BINS}%" for nth in range(0, BINS + 1, 2)])
    axes.set_yticks([])
    axes.set_ylim(0, max(*bins, 1) * 1.12)
    axes.spines["bottom"].set_visible(True)
    return _svg(figure, axes, name="scores", x_label=x_label, y_label=y_label)


@_settings()
def status_picture(exercises: Sequence[ExerciseSummary], students: int, *, x_label: str) -> str:
    """Return an SVG with a bar for each exercise: how many students ended it with which status."""
    figure, axes = _rows(exercises)
    total = max(students, 1)
    for row, exercise in enumerate(exercises):
        left = 0.0
        for count in exercise.statuses:
            width = 100 * count.students / total
            if width:
                _segment(axes, row, left, width, count.status, count.students)
            left += width
    axes.set_xlim(0, 100)
    axes.set_xticks([0, 25, 50, 75, 100], ["0%", "25%", "50%", "75%", "100%"])
    return _svg(figure, axes, name="statuses", x_label=x_label)


@_settings()
def time_picture(exercises: Sequence[ExerciseSummary], *, x_label: str) -> str:
    """Return an SVG with a line for each exercise: the median of its seconds as a dot, to the 95th percentile."""
    figure, axes = _rows(exercises)
    for row, exercise in enumerate(exercises):
        if exercise.median_s is not None and exercise.p95_s is not None:
            axes.plot([exercise.median_s, exercise.p95_s], [row, row], color=_ACCENT, linewidth=1.6, alpha=0.55)
            axes.plot([exercise.p95_s], [row], color=_ACCENT, marker="|", markersize=7, markeredgewidth=1.6)
            axes.plot([exercise.median_s], [row], color=_ACCENT, marker="o", markersize=5)
    longest = max((exercise.p95_s or 0.0 for exercise in exercises), default=0.0)
    axes.set_xlim(0, longest * 1.06 or 1.0)
    axes.grid(visible=True, axis="x", color=_FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    return _svg(figure, axes, name="seconds", x_label=x_label)


def _segment(axes: Axes, row: int, left: float, width: float, status: Status | None, students: int) -> None:
    is_empty = status in (None, "missing", "skipped")
    colour = _COLOURS[status or "ungraded"]
    axes.barh(
        row,
        width,
        left=left,
        height=0.74,
        color="none" if is_empty else colour,
        edgecolor=colour if is_empty else "none",
        linewidth=0.8,
        linestyle="--" if status is None else "-",
    )
    if width > 1.8 + 2.6 * len(str(students)):
        axes.text(
            left + width / 2, row, str(students), ha="center", va="center_baseline", color=_INK if is_empty else _ON
        )


def _rows(exercises: Sequence[ExerciseSummary]) -> tuple[Figure, Axes]:
    figure, axes = _figure(0.55 + _ROW_INCHES * max(len(exercises), 1))
    axes.set_yticks(range(len(exercises)), [each.exercise.id for each in exercises])
    axes.set_ylim(max(len(exercises), 1) - 0.45, -0.55)
    return figure, axes


def _figure(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(_WIDTH_INCHES, height), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[:].set_visible(False)
    axes.spines[:].set_color(_FAINT)
    axes.tick_params(length=0, labelcolor=_INK)
    return figure, axes


def _svg(figure: Figure, axes: Axes, *, name: str, x_label: str, y_label: str = "") -> str:
    axes.set_xlabel(_X_LABEL, color=_INK)
    if y_label:
        axes.set_ylabel(_Y_LABEL, color=_INK)
    file = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": name}):
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(file, format="svg", transparent=True, metadata=nothing)
    return _embedded(file.getvalue(), {_X_LABEL: x_label, _Y_LABEL: y_label})


def _embedded(svg: str, labels: Mapping[str, str]) -> str:
    """Return `svg` as a part of a page: no head, no size of its own, no id that another picture has too."""
    view = re.search(r'viewBox="[^"]*"', svg)
    body = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", svg[svg.index("<svg") :], count=1, flags=re.DOTALL)
    body = re.sub(r"<svg[^>]*>", f"<svg {view.group() if view else ''}>", body, count=1).replace("xlink:href", "href")
    referred = set(re.findall(r"#([\w-]+)", body))
    body = re.sub(r' id="([^"]*)"', lambda match: match.group() if match[1] in referred else "", body)
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r"font-family: [^;\"]*; ", "", body)
    for colour, variable in _VARIABLES.items():
        body = body.replace(colour, variable)
    for label, text in labels.items():
        body = body.replace(f">{label}<", f">{html.escape(text)}<")
    return body.strip()
