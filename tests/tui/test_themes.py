"""Every colour can be read on every background that it is used on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.color import ColorSystem
from textual.app import App

import tui
from tests.tui.showing import as_shown, contrast, drives
from tui.themes import DEFAULT_DARK, DEFAULT_LIGHT, PAIRS, THEMES, register

if TYPE_CHECKING:
    from textual.theme import Theme

BY_NAME = {theme.name: theme for theme in THEMES}
ENOUGH = 4.5
SYSTEMS = (ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT)


def variables(theme: Theme) -> dict[str, str]:
    """Return all variables of `theme` as a stylesheet sees them."""
    return {**theme.to_color_system().generate(), **theme.variables}


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_text_has_contrast(theme: Theme, system: ColorSystem) -> None:
    """Each pair has 4.5:1, in all colours and in 256."""
    values = variables(theme)
    low = {
        (text, background): round(ratio, 2)
        for text, background in PAIRS
        if (ratio := contrast(as_shown(values[text], system), as_shown(values[background], system))) < ENOUGH
    }
    assert not low


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_the_focus_is_seen(theme: Theme) -> None:
    """The border of the focused pane stands out from the pane and from the border of the others: 3:1 and 2:1."""
    values = variables(theme)
    for system in SYSTEMS:
        focus, border, surface = (
            as_shown(values[name], system) for name in ("pane-border-focus", "pane-border", "surface")
        )
        assert contrast(focus, surface) >= 3
        assert contrast(border, surface) >= 1.5
        assert focus != border


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_layers_differ_in_256_colours(theme: Theme) -> None:
    """A chosen row, marked text and code stand out from their pane in 256 colours too."""
    values = variables(theme)

    def shown(name: str) -> tuple[int, int, int]:
        return as_shown(values[name], ColorSystem.EIGHT_BIT)

    for name in ("cursor-background", "cursor-blurred-background", "selection-background", "code-background", "panel"):
        assert shown(name) != shown("surface"), name
    assert shown("cursor-background") != shown("cursor-blurred-background")


def test_all_themes_have_the_same_variables() -> None:
    """A stylesheet that works with one theme works with all."""
    assert len({frozenset(theme.variables) for theme in THEMES}) == 1


def test_there_are_dark_and_light_ones() -> None:
    """Two dark, two light, one for the highest contrast; the defaults are of their kind."""
    assert sum(theme.dark for theme in THEMES) >= 3
    assert sum(not theme.dark for theme in THEMES) >= 2
    assert BY_NAME[DEFAULT_DARK].dark
    assert not BY_NAME[DEFAULT_LIGHT].dark
    strongest = variables(BY_NAME["contrast"])
    texts = ("foreground", "faint", "good", "bad", "note", "title", "accent")
    system = ColorSystem.TRUECOLOR
    assert all(contrast(as_shown(strongest[text], system), (0, 0, 0)) >= 7 for text in texts)


def test_every_variable_in_our_styles_exists() -> None:
    """No stylesheet of the program names a variable that a theme lacks: the program would not start."""
    folder = Path(tui.__file__).parent
    known = variables(THEMES[0])
    for source in (*folder.glob("*.py"), *folder.glob("*.tcss")):
        css = "\n".join(re.findall(r"\{[^{}]*\$[^{}]*\}", source.read_text(encoding="utf-8")))
        unknown = set(re.findall(r":[^;]*?\$([a-z][a-z0-9-]*)", css)) - set(known)
        assert not unknown, source


@drives
async def test_registering_leaves_only_ours() -> None:
    """The palette offers the measured themes and no other."""

    class Bare(App[None]):
        def __init__(self) -> None:
            super().__init__()
            register(self)

    app = Bare()
    async with app.run_test():
        assert app.theme == DEFAULT_DARK
        assert set(app.available_themes) == set(BY_NAME)
