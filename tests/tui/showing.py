"""One widget on a screen, and what the screen then shows, in text and in colours."""

from __future__ import annotations

import asyncio
from functools import wraps
from typing import TYPE_CHECKING, NamedTuple, ParamSpec

from rich.color import Color, ColorSystem
from textual.app import App

from tui.themes import DEFAULT_DARK, register

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from textual.app import ComposeResult
    from textual.strip import Strip
    from textual.widget import Widget

Rgb = tuple[int, int, int]
P = ParamSpec("P")


def drives(test: Callable[P, Coroutine[None, None, None]]) -> Callable[P, None]:
    """Let pytest run a test that waits for the screen."""

    @wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(test(*args, **kwargs))

    return run


class Piece(NamedTuple):
    """Text of one style as it reaches the terminal."""

    text: str
    foreground: Rgb
    background: Rgb


class Showing(App[None]):
    """An app around one widget."""

    CSS = "Screen { background: $background; } #shown { background: $surface; }"

    def __init__(self, widget: Widget, theme: str = DEFAULT_DARK) -> None:
        super().__init__()
        register(self)
        self.theme = theme
        self._widget = widget

    def compose(self) -> ComposeResult:
        """Yield the widget."""
        self._widget.id = "shown"
        yield self._widget


def strips(app: App[None]) -> list[Strip]:
    """Return the rows of the screen as they were drawn."""
    return app.screen._compositor.render_strips()


def lines(app: App[None]) -> list[str]:
    """Return the rows of the screen as text."""
    return [strip.text for strip in strips(app)]


def pieces(app: App[None], system: ColorSystem = ColorSystem.TRUECOLOR) -> Iterator[Piece]:
    """Yield all visible text with its colours as a terminal of `system` has them."""
    for strip in strips(app):
        for text, style, _ in strip:
            if text.strip() and style and style.color and style.bgcolor:
                yield Piece(text, _shown(style.color, system), _shown(style.bgcolor, system))


def contrast(one: Rgb, other: Rgb) -> float:
    """Return the contrast ratio of WCAG 2."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def as_shown(colour: str, system: ColorSystem) -> Rgb:
    """Return the colour of a theme as a terminal of `system` has it."""
    return _shown(Color.parse(colour), system)


def _shown(color: Color, system: ColorSystem) -> Rgb:
    red, green, blue = color.downgrade(system).get_truecolor()
    return red, green, blue


def _luminance(colour: Rgb) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
