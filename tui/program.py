"""Open the terminal program and leave nothing behind when it ends."""

from __future__ import annotations

import os
from queue import SimpleQueue
from typing import TYPE_CHECKING

from grader.model import LANGS
from grader.texts import Catalog
from tui.app import GraderApp
from tui.desk import Desk
from tui.engine import Tools

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.practice import Practice
    from tui.notes import Note

_CRASHED = 2


def run(
    practice: Practice,
    texts: Catalog,
    *,
    lang_chosen: bool = False,
    environ: Mapping[str, str] | None = None,
    tools: Tools | None = None,
    notes: SimpleQueue[Note] | None = None,
) -> int:
    """Show the program until the learner quits and return the exit status.

    `lang_chosen` says that the language was asked for, so that the one remembered does not count.
    `notes` are told once there is a screen to tell them on.
    """
    _believe_the_terminal()
    app = app_for(practice, texts, lang_chosen=lang_chosen, environ=environ, tools=tools, notes=notes)
    try:
        result = app.run()
    finally:
        app.stop_threads()
    return _CRASHED if result is None else result


def _believe_the_terminal() -> None:
    # Exported by a shell or a container, these would hide every later change of size.
    # In a browser (TEXTUAL_DRIVER is set) they are all there is.
    if "TEXTUAL_DRIVER" not in os.environ:
        for name in ("COLUMNS", "LINES"):
            os.environ.pop(name, None)


def app_for(
    practice: Practice,
    texts: Catalog,
    *,
    lang_chosen: bool = False,
    environ: Mapping[str, str] | None = None,
    tools: Tools | None = None,
    notes: SimpleQueue[Note] | None = None,
) -> GraderApp:
    """Return the app that `run` runs."""
    desk = Desk(practice)
    remembered = desk.settings.get("lang")
    for lang in LANGS:
        if lang == remembered and not lang_chosen:
            texts = Catalog(lang)
    tools = tools or Tools(environ=os.environ if environ is None else environ)
    return GraderApp(desk, texts, tools, notes or SimpleQueue())
