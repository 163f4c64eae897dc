"""One widget that shows text of any kind: a task, a report, code, a diff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from rich.cells import cell_len
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from grader.texts import Catalog
from tui.blocks import Paragraph, Run
from tui.bounds import Budget
from tui.code import code_blocks, diff_blocks, python_lines
from tui.markdown import markdown_blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual import events
    from textual.selection import Selection

    from grader.model import Lang
    from tui.blocks import Block, Row, Tokens

SectionStyle = Literal["plain", "title", "good", "bad", "note", "faint", "code"]


@dataclass(frozen=True, slots=True)
class Section:
    """Text in one style, `indent` cells from the left; `lead` stands before it, and further rows begin below the text.

    `prose` is broken at words, `verbatim` at the width like the output of a program. `markdown` is
    for texts of the course (hints, advice) without a lead, whose line ends mean nothing and whose `code` is marked;
    never for what a learner wrote: it would lose characters.
    """

    text: str
    style: SectionStyle = "plain"
    indent: int = 0
    lead: str = ""
    kind: Literal["prose", "verbatim", "markdown"] = "prose"


_SECTION_STYLES: dict[SectionStyle, Tokens] = {
    "plain": (),
    "title": ("title",),
    "good": ("good",),
    "bad": ("bad",),
    "note": ("note",),
    "faint": ("faint",),
    "code": ("code-block",),
}


class Prose(ScrollView, can_focus=True):
    """Text laid out to the width of the widget, and again when that changes.

    Whatever it is given it shows as it is: nothing is markup, control characters are left out,
    a tab is spaces, and of what is too long the beginning and the end are shown.
    """

    DEFAULT_CSS = """
    Prose {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
        scrollbar-size: 1 1;
        color: $foreground;
        & > .prose--heading { color: $title; text-style: bold; }
        & > .prose--h1 { text-style: bold underline; }
        & > .prose--title { color: $title; text-style: bold; }
        & > .prose--strong { text-style: bold; }
        & > .prose--emphasis { text-style: italic; }
        & > .prose--struck { text-style: strike; }
        & > .prose--link { color: $link; text-style: underline; }
        & > .prose--code { color: $code; background: $code-background; }
        & > .prose--code-block { color: $foreground; background: $code-background; }
        & > .prose--bullet { color: $accent; }
        & > .prose--rule { color: $pane-border; }
        & > .prose--good { color: $good; }
        & > .prose--bad { color: $bad; }
        & > .prose--note { color: $note; }
        & > .prose--faint { color: $faint; }
        & > .prose--diff-add { color: $diff-add; background: $diff-add-background; }
        & > .prose--diff-remove { color: $diff-remove; background: $diff-remove-background; }
        & > .prose--syntax-keyword { color: $syntax-keyword; }
        & > .prose--syntax-string { color: $syntax-string; }
        & > .prose--syntax-number { color: $syntax-number; }
        & > .prose--syntax-comment { color: $syntax-comment; text-style: italic; }
        & > .prose--syntax-name { color: $syntax-name; }
        & > .prose--syntax-builtin { color: $syntax-builtin; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"prose--{name}"
        for name in (
            *("heading", "h1", "title", "strong", "emphasis", "struck", "link", "code", "code-block", "bullet", "rule"),
            *("good", "bad", "note", "faint", "diff-add", "diff-remove"),
            *(f"syntax-{kind}" for kind in ("keyword", "string", "number", "comment", "name", "builtin")),
        )
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", show=False),
        Binding("down,j", "scroll_down", show=False),
        Binding("pageup", "page_up", show=False),
        Binding("pagedown,space", "page_down", show=False),
        Binding("home", "scroll_home", show=False),
        Binding("end", "scroll_end", show=False),
    ]

    def __init__(self, *, lang: Lang = "en", id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.lang: Lang = lang
        """The language of the few words that are the widget's own; those shown already stay."""
        self._blocks: list[Block] = []
        self._rows: list[Row] = []
        self._laid_width = 0
        self._styles: dict[Tokens, Style] = {}

    @property
    def plain_text(self) -> str:
        """What is shown, without layout."""
        return "\n".join(block.text() for block in self._blocks)

    def show_markdown(self, text: str) -> None:
        """Show the Markdown of a task."""
        self._show(markdown_blocks(self._budget().spend(text)))

    def show_text(self, sections: Sequence[Section]) -> None:
        """Show sections below one another, each on its own lines; an empty one is a blank row."""
        budget = self._budget()
        blocks: list[Block] = []
        for section in sections:
            blocks += _section_blocks(section, budget.spend(section.lead), budget.spend(section.text))
        self._show(blocks)

    def show_code(self, source: str) -> None:
        """Show Python source."""
        self._show(code_blocks(python_lines(self._budget().spend(source.rstrip("\n")))))

    def show_diff(self, mine: str, reference: str, mine_name: str, reference_name: str) -> None:
        """Show what makes `mine` differ from `reference`."""
        budget = self._budget()
        names = (budget.spend(mine_name), budget.spend(reference_name))
        blocks = diff_blocks(budget.spend(mine), budget.spend(reference), *names)
        self._show(blocks or [Paragraph((Run(Catalog(self.lang).say("prose.same"), ("note",)),))])

    def render_line(self, y: int) -> Strip:
        """Return the row `y` of what is in view, exactly as wide as the widget."""
        width = self.size.width
        at = self.scroll_offset.y + y
        if at >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        row = self._rows[at]
        strip = Strip([Segment(run.text, self._style(run.style)) for run in row.runs])
        strip = strip.adjust_cell_length(self._laid_width, self._style(row.fill))
        if self.text_selection and (span := self.text_selection.get_span(at)):
            strip = self._marked(strip, *span)
        return strip.adjust_cell_length(width, self.rich_style).apply_offsets(0, at)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the text marked with the mouse, row by row."""
        rows = ["".join(run.text for run in row.runs).rstrip() for row in self._rows]
        # The empty line keeps the last row one of the lines, should that be empty too.
        return selection.extract("\n".join([*rows, ""])), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Show what is marked."""
        del selection
        self.refresh()

    def notify_style_update(self) -> None:
        """Take the colours of another theme."""
        super().notify_style_update()
        self._styles.clear()

    def on_resize(self, event: events.Resize) -> None:
        """Lay the text out to the new width."""
        del event
        self._lay()

    def action_scroll_up(self) -> None:
        """Scroll a row up, at once."""
        self.scroll_up(animate=False)

    def action_scroll_down(self) -> None:
        """Scroll a row down, at once."""
        self.scroll_down(animate=False)

    def action_page_up(self) -> None:
        """Scroll a page up, at once."""
        self.scroll_page_up(animate=False)

    def action_page_down(self) -> None:
        """Scroll a page down, at once."""
        self.scroll_page_down(animate=False)

    def action_scroll_home(self) -> None:
        """Scroll to the first row, at once."""
        self.scroll_home(animate=False)

    def action_scroll_end(self) -> None:
        """Scroll to the last row, at once."""
        self.scroll_end(animate=False)

    def _budget(self) -> Budget:
        return Budget(lambda count: Catalog(self.lang).say("prose.left_out", count=f"{count:,}"))

    def _show(self, blocks: list[Block]) -> None:
        self._blocks = blocks
        self._laid_width = 0
        self._lay()
        self.scroll_to(0, 0, animate=False, force=True)

    def _lay(self) -> None:
        # A cell between the text and the bar that scrolls it.
        width = max(0, self.scrollable_content_region.width - 1)
        if width == self._laid_width and width:
            return
        before, top = len(self._rows), self.scroll_offset.y
        self._laid_width = width
        # Without a width nobody sees it: a pane that is hidden costs nothing.
        self._rows = [row for block in self._blocks for row in block.rows(width)] if width else []
        self.virtual_size = Size(width, len(self._rows))
        if top and before:
            # What one was reading stays about where it was.
            self.scroll_to(0, round(top * len(self._rows) / before), animate=False, force=True)
        self.refresh()

    def _style(self, tokens: Tokens) -> Style:
        if tokens not in self._styles:
            self._styles[tokens] = self.get_visual_style(*(f"prose--{token}" for token in tokens)).rich_style
        return self._styles[tokens]

    def _marked(self, strip: Strip, start: int, end: int) -> Strip:
        text = strip.text
        begin = cell_len(text[:start])
        stop = strip.cell_length if end < 0 else cell_len(text[:end])
        style = self.screen.get_component_rich_style("screen--selection")
        before, marked, after = strip.crop(0, begin), strip.crop(begin, stop), strip.crop(stop)
        return Strip.join([before, Strip(Segment.apply_style(marked, post_style=style)), after])


def _section_blocks(section: Section, lead: str, text: str) -> list[Block]:
    indent = (Run(" " * section.indent),) if section.indent > 0 else ()
    if section.kind == "markdown":
        return markdown_blocks(text, before=indent, style=_SECTION_STYLES[section.style])
    style = _SECTION_STYLES[section.style]
    fill = style if section.style == "code" else ()
    margin = (*indent, Run(" ", fill)) if fill else indent
    first, rest = (Run(lead, style),), (Run(" " * cell_len(lead), style),)
    return [Paragraph((Run(text, style),), first, rest, margin, fill=fill, cut=section.kind == "verbatim")]
