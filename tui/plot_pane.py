"""The pane of the plot, which saves its picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from tui.chart import Chart

if TYPE_CHECKING:
    from textual.binding import BindingType


class PlotPane(Chart, can_focus=True):
    """A chart that can be chosen; the key that filters elsewhere saves the picture here."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("p", "app.save_picture", show=False)]
