"""The pane of texts: the task, the hints, the learner's own output, and the reference."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.style import Style

from grader.durable import doing
from grader.errors import GraderError
from grader.progress import Standing
from grader.texts import Phrase
from tui.prose import Prose, Section
from tui.view import explained, hint_sections, output_sections

if TYPE_CHECKING:
    from pathlib import Path

    from grader.texts import Catalog
    from tui.desk import Desk

_LONGEST_FILE = 1 << 20


class Tab(StrEnum):
    """What the pane shows."""

    TASK = "task"
    HINTS = "hints"
    OUTPUT = "output"
    SOLUTION = "solution"


class ScrollText(Prose, inherit_bindings=False):
    """Text that only scrolls up and down: it is laid out to the width."""

    BINDINGS: ClassVar[list[BindingType]] = Prose.BINDINGS


class TextPane(Prose, inherit_bindings=False):
    """One text at a time, under the names of all."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *Prose.BINDINGS,
        Binding("left", "app.turn_tab(-1)", show=False),
        Binding("right", "app.turn_tab(1)", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(id="text")
        self.tab = Tab.TASK
        self.as_diff = False
        self._shown: tuple[object, ...] = ()
        self._places: dict[object, float] = {}

    def show_tab(self, desk: Desk, texts: Catalog) -> None:
        """Show the tab again; where one has read before is where one reads on."""
        self.lang = texts.lang
        shown = (desk.current.id, self.tab, self.as_diff and self.tab is Tab.SOLUTION, texts.lang)
        if self._shown:
            self._places[self._shown] = self.scroll_offset.y
        self._shown = shown
        try:
            self._show_tab(desk, texts)
        except GraderError as error:
            self.show_text([Section(explained(texts, error), style="bad"), Section(texts.say("tui.task.unreadable"))])
        self._show_title(desk, texts)
        place = self._places.get(shown, 0.0)
        if self.tab is Tab.HINTS:
            # The one just opened is the last.
            self.call_after_refresh(self.scroll_end, animate=False)
        elif place:
            self.call_after_refresh(self.scroll_to, 0, place, animate=False)

    def _show_tab(self, desk: Desk, texts: Catalog) -> None:
        match self.tab:
            case Tab.TASK:
                self.show_markdown(_read(desk.current.task(texts.lang)))
            case Tab.HINTS:
                self.show_text(list(hint_sections(desk, desk.current, texts)))
            case Tab.OUTPUT:
                self.show_text(list(output_sections(desk.outcome, texts)))
            case Tab.SOLUTION:
                self._show_solution(desk, texts)

    def _show_solution(self, desk: Desk, texts: Catalog) -> None:
        if desk.standing(desk.current) is not Standing.PASSED:
            self.show_text([Section(texts.say("tui.solution.locked"))])
            return
        reference = _read(desk.current.solution)
        if self.as_diff and desk.file.is_file():
            self.show_diff(_read(desk.file), reference, desk.file.name, texts.say("diff.reference"))
        else:
            self.show_code(reference)

    def _show_title(self, desk: Desk, texts: Catalog) -> None:
        names = {tab: texts.say(f"tui.tab.{tab}") for tab in Tab}
        try:
            total = len(desk.hints(desk.current))
        except GraderError:
            total = 0
        names[Tab.HINTS] += f" {min(desk.hints_taken(desk.current), total)}/{total}"
        parts: list[Content | str] = []
        for tab, name in names.items():
            if parts:
                parts.append(Content.styled(" │ ", "$faint"))
            shown = Content.styled(name, "bold reverse" if tab is self.tab else "$faint")
            parts.append(shown.stylize(Style.from_meta({"@click": f"app.tab('{tab}')"})))
        self.border_title = Content.assemble("2 ", *parts)
        toggles = self.tab is Tab.SOLUTION and desk.standing(desk.current) is Standing.PASSED
        key = "tui.solution.toggle_back" if self.as_diff else "tui.solution.toggle"
        self.border_subtitle = Content(texts.say(key) if toggles else "")


def _read(path: Path) -> str:
    with doing(Phrase("action.read"), path), path.open(encoding="utf-8-sig", errors="replace") as file:
        return file.read(_LONGEST_FILE)
