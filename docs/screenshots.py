"""Take the pictures of the documentation: the real program, graded by the real grader.

Run by `make screenshots`. Fonts are left to the reader's browser, and letters get the width
of their cells, so that Chinese is not squeezed.
"""

from __future__ import annotations

import asyncio
import html
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rich.cells import cell_len

from grader.course import load_course
from grader.practice import Practice
from grader.texts import Catalog
from grader.workspace import create_workspace
from tui.engine import Tools
from tui.program import app_for

if TYPE_CHECKING:
    from grader.model import Lang
    from tui.app import GraderApp

IMAGES = Path(__file__).with_name("images")
SIZE = (108, 32)
WRONG = '''"""A first try, as most people write it."""


def squared_loss(y_hat, y):
    print("shapes", tuple(y_hat.shape), tuple(y.shape))
    return (y_hat - y) ** 2 / 2
'''
TEXT = re.compile(r'(<text [^>]*?)textLength="([\d.]+)"([^>]*)>([^<]*)<')
LEFT_OUT = re.compile(r"@font-face \{.*?\}\s*|<!--.*?-->\s*", re.DOTALL)


async def take(name: str, lang: Lang, theme: str) -> None:
    """Grade a common wrong answer in the program and keep what is on its screen."""
    course = load_course()
    with tempfile.TemporaryDirectory() as folder:
        workspace = create_workspace(Path(folder) / "practice", course).workspace
        practice = Practice(course, workspace)
        for setting, value in (("exercise", "ex3"), ("theme", theme)):
            practice.remember(setting, value)
        for exercise in course.exercises[:3]:
            source = exercise.solution.read_text(encoding="utf-8") if exercise.id != "ex3" else WRONG
            practice.file(exercise).write_text(source, encoding="utf-8")
        app = app_for(practice, Catalog(lang), lang_chosen=True, tools=Tools(environ={}))
        async with app.run_test(size=SIZE) as pilot:
            await pilot.press("c")
            await pilot.pause()
            await graded(app)
            # The seconds in the picture are those of a process that is warm.
            await pilot.press("g")
            await pilot.pause()
            await graded(app)
            # The plot comes after the verdict.
            await asyncio.sleep(0.5)
            await pilot.pause()
            picture = app.export_screenshot(title="gradlings")
        app.stop_threads()
    IMAGES.mkdir(exist_ok=True)
    (IMAGES / f"{name}.svg").write_text(widened(LEFT_OUT.sub("", picture)), encoding="utf-8")


async def graded(app: GraderApp) -> None:
    """Wait until nothing is graded any more."""
    while app.grading:  # noqa: ASYNC110 - the program has no event for those who only look on
        await asyncio.sleep(0.05)


def widened(picture: str) -> str:
    """Return the picture with every text as wide as its cells: Textual counts characters."""

    def by_cells(match: re.Match[str]) -> str:
        text = html.unescape(match[4])
        length = float(match[2]) * cell_len(text) / max(1, len(text))
        return f'{match[1]}textLength="{length:.1f}"{match[3]}>{match[4]}<'

    return TEXT.sub(by_cells, picture)


async def main() -> None:
    """Take all pictures."""
    await take("tui-en", "en", "ember")
    await take("tui-zh", "zh", "paper")


if __name__ == "__main__":
    asyncio.run(main())
