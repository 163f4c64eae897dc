"""The pictures of a class."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import matplotlib as mpl
import pytest

from grader.batch.report.pictures import scores_picture, status_picture, time_picture
from grader.batch.report.summary import summarise
from tests.batch.report.class_by_hand import book, large, missing


def drawings(*, label: str = "students") -> list[str]:
    """Return one picture of each kind."""
    made = summarise(large(40, 5, seed=3))
    return [
        scores_picture(made.bins, x_label=label, y_label=label),
        status_picture(made.exercises, made.students, x_label=label),
        time_picture(made.exercises, x_label=label),
    ]


def texts(svg: str) -> list[str]:
    """Return the texts of a picture."""
    return [element.text or "" for element in ET.fromstring(svg).iter("text")]  # noqa: S314 - drawn here


def test_a_picture_is_well_formed_and_its_text_is_text() -> None:
    """Letters are drawn by the browser, Chinese ones too, and what looks like markup is none."""
    for svg in drawings(label="学生 <script>&"):
        assert "学生 <script>&" in texts(svg)
        assert "<script" not in svg


def test_colours_are_the_pages() -> None:
    """Every colour is a variable of the style sheet, so that light and dark both fit."""
    for svg in drawings():
        assert not re.search(r"(?:fill|stroke): *(?:#|rgb|black|white)", svg)
        assert "var(--" in svg
        assert "font-family" not in svg


def test_pictures_share_no_id() -> None:
    """Three pictures in one page have no id in common, and every reference of theirs has its target."""
    ids = [id_ for svg in drawings() for id_ in re.findall(r' id="([^"]+)"', svg)]
    assert len(ids) == len(set(ids))
    for svg in drawings():
        referred = set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg))
        assert referred <= set(re.findall(r' id="([^"]+)"', svg))


def test_pictures_are_the_same_each_time() -> None:
    """No date, no random id: the same class is the same picture."""
    assert drawings() == drawings()


def test_pictures_hold_no_address_and_no_style_sheet() -> None:
    """What matplotlib writes at the head of a file is not in the page."""
    for svg in drawings():
        assert "http" not in svg
        assert "<style" not in svg
        assert svg.startswith("<svg viewBox=")


def test_the_users_own_settings_change_nothing() -> None:
    """A matplotlibrc is made for other pictures, and is not changed for them either."""
    before = drawings()
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.fonttype": "path"}):
        assert drawings() == before
        assert mpl.rcParams["font.size"] == 30


@pytest.mark.parametrize("exercises", [0, 1])
def test_an_empty_class_can_be_drawn(exercises: int) -> None:
    """Nobody, nothing and no time are pictures without a warning."""
    for whole in (book([], exercises=exercises), book([missing("a")], exercises=exercises or 1)):
        made = summarise(whole)
        assert "x" in texts(scores_picture(made.bins, x_label="x", y_label="y"))
        assert "x" in texts(status_picture(made.exercises, made.students, x_label="x"))
        assert "x" in texts(time_picture(made.exercises, x_label="x"))


def test_the_numbers_stand_on_the_bars() -> None:
    """A bar says how many students it is."""
    shown = texts(scores_picture((0, 0, 0, 0, 0, 0, 0, 12, 3, 0), x_label="x", y_label="y"))
    assert {"12", "3"} <= set(shown)
    assert "0" not in shown
