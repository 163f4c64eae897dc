"""A plot drawn in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from grader.texts import Catalog
from tui.blocks import Paragraph, Run
from tui.curves import COLOURS, curve_rows

if TYPE_CHECKING:
    from rich.style import Style
    from textual import events

    from grader.model import Lang, Plot
    from tui.blocks import Row, Tokens


class Chart(Widget):
    """The curves of one plot at the size of the widget. It takes no focus, and the mouse moves nothing in it.

    Curves differ in dashes and marks as well as in colours.
    """

    DEFAULT_CSS = """
    Chart {
        width: 1fr;
        height: 1fr;
        color: $foreground;
        & > .chart--title { color: $title; text-style: bold; }
        & > .chart--faint { color: $faint; }
        & > .chart--rule { color: $pane-border; }
        & > .chart--plot-1 { color: $plot-1; }
        & > .chart--plot-2 { color: $plot-2; }
        & > .chart--plot-3 { color: $plot-3; }
        & > .chart--plot-4 { color: $plot-4; }
        & > .chart--plot-5 { color: $plot-5; }
        & > .chart--plot-6 { color: $plot-6; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"chart--{name}" for name in ("title", "faint", "rule", *(f"plot-{number + 1}" for number in range(COLOURS)))
    }

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._plot: Plot | None = None
        self._lang: Lang = "en"
        self._rows: list[Row] = []
        self._styles: dict[Tokens, Style] = {}

    def show(self, plot: Plot | None, lang: Lang) -> None:
        """Draw `plot` with its words in `lang`; without one, say that there is none."""
        self._plot, self._lang = plot, lang
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Draw to the new size."""
        del event
        self._draw()

    def notify_style_update(self) -> None:
        """Take the colours of another theme."""
        super().notify_style_update()
        self._styles.clear()

    def render_line(self, y: int) -> Strip:
        """Return the row `y`, exactly as wide as the widget."""
        if y >= len(self._rows):
            return Strip.blank(self.size.width, self.rich_style)
        segments = [Segment(run.text, self._style(run.style)) for run in self._rows[y].runs]
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    def _draw(self) -> None:
        width, height = self.size
        plot = self._plot
        self._rows = curve_rows(plot, self._lang, width, height) if plot and plot.series else []
        if not self._rows:
            words = Catalog(self._lang).say("chart.no_room" if plot and plot.series else "chart.nothing")
            self._rows = Paragraph((Run(words, ("faint",)),)).rows(width)
        self.refresh()

    def _style(self, tokens: Tokens) -> Style:
        if tokens not in self._styles:
            self._styles[tokens] = self.get_visual_style(*(f"chart--{token}" for token in tokens)).rich_style
        return self._styles[tokens]
