"""The dialogs: which keys there are, and a question before something is replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.app import App
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen, Screen

from tui.keys import listed
from tui.prose import Section
from tui.text_pane import ScrollText

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.app import ComposeResult
    from textual.binding import ActiveBinding

    from grader.texts import Catalog


class KeysDialog(ModalScreen[None]):
    """Every key that is active, and what it does there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,enter", "dismiss", show=False),
        Binding("ctrl+c", "dismiss", show=False),
    ]

    def __init__(self, texts: Catalog, active: Sequence[ActiveBinding], pane: str) -> None:
        super().__init__()
        self._texts = texts
        self._active = active
        self._pane = pane

    def compose(self) -> ComposeResult:
        """Yield the list."""
        with Vertical(classes="dialog tall"):
            yield ScrollText()

    def on_mount(self) -> None:
        """Fill it."""
        box = self.query_one(".dialog")
        box.border_title = Content(self._texts.say("tui.help.title"))
        box.border_subtitle = Content(self._texts.say("tui.help.close"))
        text = self.query_one(ScrollText)
        text.lang = self._texts.lang
        text.show_text(list(self._sections()))
        text.focus()

    def _sections(self) -> Iterator[Section]:
        here = [each for each in self._active if not isinstance(each.node, (App, Screen))]
        pane = self._texts.say(f"tui.pane.{self._pane}")
        rest = [each for each in self._active if each not in here]
        blocks = (
            (self._texts.say("tui.help.here", pane=pane), listed(here, self._texts)),
            (self._texts.say("tui.help.everywhere"), listed(rest, self._texts)),
        )
        width = max((cell_len(keys) for _, pairs in blocks for keys, _ in pairs), default=0)
        for title, pairs in blocks:
            if pairs:
                yield Section(title, style="title")
            for keys, label in pairs:
                yield Section(label, indent=1, lead=f"{keys}{' ' * (width - cell_len(keys))}  ")
            yield Section("")
        yield Section(self._texts.say("tui.help.marks"), style="faint")


class Confirm(ModalScreen[bool]):
    """A question that is answered with y or n."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", show=False),
        Binding("n,escape,q,ctrl+c", "answer(False)", show=False),
    ]

    def __init__(self, texts: Catalog, key: str, **params: object) -> None:
        super().__init__()
        self._texts = texts
        self._question = texts.say(key, **params)

    def compose(self) -> ComposeResult:
        """Yield the question."""
        with Vertical(classes="dialog ask"):
            yield ScrollText()

    def on_mount(self) -> None:
        """Fill it."""
        box = self.query_one(".dialog")
        box.border_title = Content(self._texts.say("tui.reset.title"))
        box.border_subtitle = Content(self._texts.say("tui.reset.keys"))
        text = self.query_one(ScrollText)
        text.show_text([Section(self._question)])
        text.focus()

    def action_answer(self, agreed: bool) -> None:  # noqa: FBT001 - from a binding
        """Answer the question."""
        self.dismiss(agreed)
