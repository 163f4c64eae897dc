"""A plot drawn by matplotlib; only the process of `grader.drawing` imports this."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from matplotlib.axes import Axes

    from grader.model import Lang, Plot, Series

SIZE_INCHES = (8.0, 5.0)
DOTS_PER_INCH = 150
# Okabe and Ito's colours, which people with any colour vision tell apart.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#F0E442")
_DASHES = ("-", "--", ":", "-.")
_MARKS = "oxs^"
_LATIN = "DejaVu Sans"
# Beginnings of the file names of fonts that hold simplified Chinese, the better ones first.
_CHINESE = (
    "notosanscjk", "notosanssc", "sourcehansans", "pingfang", "msyh", "hiraginosansgb", "wqy-microhei", "wqy-zenhei",
    "simhei", "stheiti", "droidsansfallback", "notoserifcjk", "arial unicode", "simsun",
)  # fmt: skip


def picture_of(plot: Plot, lang: Lang, *, fonts: Iterable[Path] | None = None) -> bytes:
    """Return `plot` as a PNG; its labels are in English where none of `fonts` (the system's) can write `lang`."""
    # The user's own settings are made for other pictures.
    mpl.rcdefaults()
    written, families = _written_in(plot, lang, fonts)
    mpl.rcParams["font.family"] = families
    figure = Figure(figsize=SIZE_INCHES, dpi=DOTS_PER_INCH, layout="constrained")
    axes = figure.add_subplot()
    for nth, series in enumerate(plot.series):
        _draw(axes, series, nth, sum(other.kind == series.kind for other in plot.series[:nth]), written)
    # "$" is a dollar here.
    axes.set_title(plot.title.in_lang(written), parse_math=False)
    axes.set_xlabel(plot.x_label.in_lang(written), parse_math=False)
    axes.set_ylabel(plot.y_label.in_lang(written), parse_math=False)
    axes.grid(visible=True, color="#DDDDDD", linewidth=0.6)
    axes.set_axisbelow(True)
    legend = figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
    for text in legend.get_texts():
        text.set_parse_math(False)
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def _draw(axes: Axes, series: Series, nth: int, style: int, lang: Lang) -> None:
    colour = _COLOURS[nth % len(_COLOURS)]
    # A label that begins with "_" would be left out of the legend.
    label = series.label.in_lang(lang).lstrip("_")
    if series.kind == "line":
        dashes = _DASHES[style % len(_DASHES)]
        axes.plot(series.x, series.y, color=colour, linestyle=dashes, linewidth=1.8, label=label)
    else:
        mark = _MARKS[style % len(_MARKS)]
        axes.plot(series.x, series.y, color=colour, linestyle="", marker=mark, markersize=4.5, label=label)


def _written_in(plot: Plot, lang: Lang, fonts: Iterable[Path] | None) -> tuple[Lang, list[str]]:
    """Return the language that can be written, and the fonts for it."""
    texts = [plot.title, plot.x_label, plot.y_label, *(series.label for series in plot.series)]
    needed = {ord(char) for text in texts for char in text.in_lang(lang)} - _held(Path(font_manager.findfont(_LATIN)))
    if not needed:
        return lang, [_LATIN]
    # Asked of the system, not of matplotlib's list, which may be older than a font.
    for path in _chinese(map(Path, font_manager.findSystemFonts()) if fonts is None else fonts):
        if needed <= _held(path):
            return lang, [_LATIN, _family(path)]
    return "en", [_LATIN]


def _family(path: Path) -> str:
    font_manager.fontManager.addfont(path)
    names = [entry.name for entry in font_manager.fontManager.ttflist if entry.fname == str(path)]
    # A collection holds the shapes of several countries, of which older versions of matplotlib read the first.
    return next((name for name in names if name.endswith(" SC")), names[0])


def _chinese(fonts: Iterable[Path]) -> Iterator[Path]:
    names = {path: path.name.casefold() for path in sorted(fonts)}
    for beginning in _CHINESE:
        found = [path for path, name in names.items() if name.startswith(beginning)]
        # The plain cut before bold and light.
        yield from sorted(found, key=lambda path: "regular" not in names[path])


def _held(path: Path) -> set[int]:
    try:
        return set(font_manager.get_font(path).get_charmap())
    except (OSError, RuntimeError):
        # A broken font, or one of a kind that matplotlib cannot read.
        return set()
