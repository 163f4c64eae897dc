"""What matplotlib draws: every series, in colours and dashes of its own, in a language that the fonts can write."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import matplotlib.image as mpl_image
import pytest
from matplotlib import font_manager

from grader.model import Plot, Series, Text
from grader.picture import picture_of

TITLE = Text("The loss", "损失随步数的变化")
PLOT = Plot(
    title=TITLE,
    x_label=Text("step", "步数"),
    y_label=Text("loss", "损失"),
    series=(
        Series(label=Text("$yours_", "你的"), x=(0.0, 1.0, 2.0), y=(4.0, 2.0, 1.0)),
        Series(label=Text("due ŷ − y², f″", "应为 ŷ − y²，f″"), x=(0.0, 2.0), y=(4.0, 1.0), kind="points"),
    ),
)


def size(png: bytes) -> tuple[int, int]:
    """Return width and height of a picture."""
    height, width, _ = mpl_image.imread(io.BytesIO(png)).shape
    return width, height


def test_the_size_of_a_picture() -> None:
    """A picture is large enough for a page, and the same plot gives the same bytes."""
    assert size(picture_of(PLOT, "en")) == (1200, 750)
    assert picture_of(PLOT, "en") == picture_of(PLOT, "en")


def test_english_labels_without_a_chinese_font() -> None:
    """Where nothing can write Chinese the labels are English, and nothing warns of missing glyphs."""
    latin = Path(font_manager.findfont("DejaVu Sans"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for fonts in ((), (latin,)):
            assert picture_of(PLOT, "zh", fonts=fonts) == picture_of(PLOT, "en")


def test_a_font_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    """A broken file with the right name does not end the drawing."""
    broken = tmp_path / "NotoSansCJK-Regular.ttc"
    broken.write_bytes(b"no font at all")
    assert picture_of(PLOT, "zh", fonts=[broken]) == picture_of(PLOT, "en")


def test_chinese_labels_with_a_chinese_font() -> None:
    """Where a font for Chinese is installed it is used, without a warning."""
    if not any("cjk" in each.lower() or "wqy" in each.lower() for each in font_manager.findSystemFonts()):
        pytest.skip("no font for Chinese is installed")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert picture_of(PLOT, "zh") != picture_of(PLOT, "en")


def test_a_series_without_width_is_drawn() -> None:
    """One point, and values as large as a plot may hold, are no trouble."""
    for value in (0.0, 1e100, -1e-300):
        one = Series(label=TITLE, x=(1.0,), y=(value,))
        picture = picture_of(Plot(title=TITLE, x_label=TITLE, y_label=TITLE, series=(one,)), "en")
        assert size(picture) == (1200, 750)
