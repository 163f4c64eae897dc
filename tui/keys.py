"""Which key does what: the bindings of the program, and the words for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textual.binding import Binding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.binding import ActiveBinding

    from grader.texts import Catalog

KEYS: tuple[tuple[str, str], ...] = (
    ("g", "grade"),
    ("escape", "leave"),
    ("e", "edit"),
    ("h", "hint"),
    ("n", "next"),
    ("slash", "find"),
    ("L", "language"),
    ("s", "solution"),
    ("o", "output"),
    ("c", "check_all"),
    ("d", "filter('done')"),
    ("p", "filter('pending')"),
    ("x", "reset"),
    ("y", "copy"),
    ("z", "zoom"),
    ("t", "theme"),
    ("1", "pane('list')"),
    ("2", "pane('text')"),
    ("3", "pane('checks')"),
    ("4", "pane('plot')"),
    ("left", "turn_tab(-1)"),
    ("right", "turn_tab(1)"),
    ("ctrl+p", "palette"),
    ("question_mark", "help"),
    ("q", "quit"),
)
# What the keys line shows, the most wanted first, and what it always shows.
WANTED: tuple[str, ...] = ("grade", "edit", "hint", "next", "find", "solution", "language", "zoom", "theme")
ALWAYS: tuple[str, ...] = ("help", "quit")
# What it shows instead while letters go into the line that searches: key, name in the texts, action.
FINDING: tuple[tuple[str, str, str], ...] = (
    ("enter", "open", "focused.submit"),
    ("up", "up", "focused.move(-1)"),
    ("down", "down", "focused.move(1)"),
    ("escape", "back", "focused.leave"),
)

_NAMES: Mapping[str, str] = {
    "question_mark": "?",
    "slash": "/",
    "escape": "esc",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "space": "Space",
    "enter": "Enter",
    "tab": "Tab",
    "shift+tab": "Shift+Tab",
}
_ACTION = re.compile(r"(?:\w+\.)*(?P<name>\w+)(?:\((?P<params>.*)\))?")
_NOT_LETTERS = re.compile(r"\W+")


def bindings() -> list[Binding]:
    """Return the bindings of the app."""
    return [Binding(key, action, show=False) for key, action in KEYS]


def key_of(action: str) -> str:
    """Return the name of the key of `action`, which KEYS holds."""
    return next(key_name(key) for key, bound in KEYS if bound == action)


def key_name(key: str) -> str:
    """Return what stands on the key."""
    if key in _NAMES:
        return _NAMES[key]
    return "+".join(part.capitalize() if len(part) > 1 else part for part in key.split("+")) if "+" in key else key


def text_name(action: str) -> str:
    """Return the name under which the texts know `action`: "pane_list" for "app.pane('list')"."""
    found = _ACTION.fullmatch(action)
    name, params = (found["name"], found["params"] or "") if found else (action, "")
    # Numbers are distances: only their sign tells two actions apart.
    params = params.replace("-", "back ")
    words = [word for word in _NOT_LETTERS.split(params) if word and not word.isdecimal()]
    return "_".join((name, *words))


def listed(active: Iterable[ActiveBinding], texts: Catalog) -> list[tuple[str, str]]:
    """Return the keys and what each does, from the bindings that are active; keys of one action share a line."""
    lines: dict[str, list[str]] = {}
    for each in active:
        if each.enabled:
            names = lines.setdefault(texts.say(f"tui.does.{text_name(each.binding.action)}"), [])
            name = key_name(each.binding.key)
            if name not in names:
                names.append(name)
    return [(" ".join(names), label) for label, names in lines.items()]
