"""The colours of the terminal program: two dark themes, two light ones and one of the highest contrast.

Every theme gives these variables beside Textual's own, so that a stylesheet names a meaning and never a colour:

* text on any background: `$foreground`, `$faint` (aside), `$title`, `$accent`, `$good`, `$bad`, `$note` (warning),
  `$key` (the name of a key), `$link`, `$code` (inline code);
* backgrounds: `$background` (the screen), `$surface` (a pane), `$panel` (bars and dialogs), `$code-background`,
  `$cursor-background` and `$cursor-blurred-background` (a chosen row, with and without the focus),
  `$selection-background` under `$selection-foreground` (marked with the mouse);
* lines: `$pane-border`, `$pane-border-focus`;
* code: `$syntax-keyword`, `$syntax-string`, `$syntax-number`, `$syntax-comment`, `$syntax-name`, `$syntax-builtin`;
* a diff: `$diff-add` on `$diff-add-background`, `$diff-remove` on `$diff-remove-background`;
* curves: `$plot-1` to `$plot-6`.

Each pair of `PAIRS` has a contrast of at least 4.5:1, in a terminal of 256 colours too: greys are neutral, so that
they fall on its grey ramp and not on black.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from textual.theme import Theme

from tui.palettes import PALETTES

if TYPE_CHECKING:
    from textual.app import App

    from tui.palettes import Palette

_TEXTS = ("foreground", "faint", "title", "accent", "good", "bad", "note", "key", "link")
_BACKGROUNDS = ("background", "surface", "panel", "cursor-background", "cursor-blurred-background")
_SYNTAX = ("keyword", "string", "number", "comment", "name", "builtin")

PAIRS: tuple[tuple[str, str], ...] = (
    *product(_TEXTS, _BACKGROUNDS),
    *product(("code", "foreground", "faint", *(f"syntax-{name}" for name in _SYNTAX)), ("code-background",)),
    *product((f"plot-{number}" for number in range(1, 7)), ("background", "surface")),
    ("selection-foreground", "selection-background"),
    ("diff-add", "diff-add-background"),
    ("diff-remove", "diff-remove-background"),
    ("background", "primary"),
    ("input-selection-foreground", "input-selection-background"),
)
"""Every variable that is text, with every variable that it may stand on."""


def _theme(palette: Palette) -> Theme:
    """Return the theme made of these colours."""
    return Theme(
        name=palette.name,
        dark=palette.dark,
        primary=palette.accent,
        secondary=palette.title,
        accent=palette.accent,
        warning=palette.note,
        error=palette.bad,
        success=palette.good,
        foreground=palette.foreground,
        background=palette.background,
        surface=palette.surface,
        panel=palette.panel,
        boost=palette.cursor_blurred,
        variables={**_own(palette), **_textual(palette)},
    )


def _own(palette: Palette) -> dict[str, str]:
    return {
        "good": palette.good,
        "bad": palette.bad,
        "note": palette.note,
        "faint": palette.faint,
        "title": palette.title,
        "key": palette.accent,
        "link": palette.accent,
        "code": palette.code,
        "code-background": palette.code_background,
        "cursor-background": palette.cursor,
        "cursor-blurred-background": palette.cursor_blurred,
        "selection-background": palette.selection,
        "selection-foreground": palette.foreground,
        "pane-border": palette.border,
        "pane-border-focus": palette.accent,
        "syntax-keyword": palette.keyword,
        "syntax-string": palette.string,
        "syntax-number": palette.number,
        "syntax-comment": palette.faint,
        "syntax-name": palette.name_of_function,
        "syntax-builtin": palette.builtin,
        "diff-add": palette.diff_add[0],
        "diff-add-background": palette.diff_add[1],
        "diff-remove": palette.diff_remove[0],
        "diff-remove-background": palette.diff_remove[1],
        **{f"plot-{number}": colour for number, colour in enumerate(palette.plot, 1)},
    }


def _textual(palette: Palette) -> dict[str, str]:
    """Return Textual's own variables, which it would derive without looking at their contrast."""
    texts = ("text", "block-cursor-foreground", "block-cursor-blurred-foreground", "input-selection-foreground")
    faint = ("text-muted", "text-disabled", "foreground-muted", "foreground-disabled")
    tones = {"primary": palette.accent, "secondary": palette.title, "accent": palette.accent}
    states = {"warning": palette.note, "error": palette.bad, "success": palette.good}
    return {
        **dict.fromkeys((*texts, "footer-foreground", "footer-description-foreground"), palette.foreground),
        **dict.fromkeys(("button-foreground", "input-cursor-background"), palette.foreground),
        **dict.fromkeys(faint, palette.faint),
        **{f"text-{name}": colour for name, colour in {**tones, **states}.items()},
        "block-cursor-background": palette.cursor,
        "block-cursor-blurred-background": palette.cursor_blurred,
        "block-hover-background": palette.cursor_blurred,
        "border": palette.accent,
        "border-blurred": palette.border,
        "button-color-foreground": palette.background,
        "footer-background": palette.panel,
        "footer-key-foreground": palette.accent,
        "input-cursor-foreground": palette.background,
        "input-selection-background": palette.selection,
        "link-color": palette.accent,
        "link-color-hover": palette.foreground,
        "link-background-hover": palette.cursor,
        "screen-selection-background": palette.selection,
        "screen-selection-foreground": palette.foreground,
        "scrollbar": palette.border,
        "scrollbar-hover": palette.faint,
        "scrollbar-active": palette.accent,
        "scrollbar-background": palette.surface,
        "scrollbar-background-hover": palette.surface,
        "scrollbar-background-active": palette.surface,
        "scrollbar-corner-color": palette.surface,
    }


THEMES: tuple[Theme, ...] = tuple(_theme(palette) for palette in PALETTES)
DEFAULT_DARK = "ember"
DEFAULT_LIGHT = "paper"


def register(app: App[Any]) -> None:
    """Give `app` these themes in place of Textual's, whose contrast nobody has measured, and the dark one at first."""
    for theme in THEMES:
        app.register_theme(theme)
    app.theme = DEFAULT_DARK
    for name in app.available_themes.keys() - {theme.name for theme in THEMES}:
        app.unregister_theme(name)
