"""What the reference does differently from a learner's file, as painted lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.cli.screen import Screen, Style
from grader.durable import doing
from grader.sanitise import plain
from grader.texts import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from grader.texts import Catalog

LONGEST_FILE = 1 << 20


def difference_lines(mine: Path, shown: str, reference: Path, *, texts: Catalog, screen: Screen) -> Iterator[str]:
    """Yield the difference, nothing where there is none; `shown` is how the learner calls `mine`.

    Raises:
        WorkspaceError: one of them cannot be read.
    """
    # 5 ms that only those who ask for a difference should wait for.
    from difflib import unified_diff  # noqa: PLC0415

    left, right = (plain(read_source(each), LONGEST_FILE).rstrip().splitlines() for each in (mine, reference))
    yours = plain(texts.say("diff.yours", path=shown), LONGEST_FILE)
    for line in unified_diff(left, right, yours, texts.say("diff.reference"), lineterm=""):
        style = {"+": Style.GOOD, "-": Style.BAD, "@": Style.PLACE}.get(line[:1])
        yield screen.paint(line, style)


def read_source(path: Path) -> str:
    """Return the text of a source file, as much of it as anybody would read.

    Raises:
        WorkspaceError: it cannot be read.
    """
    with (
        doing(Phrase("action.read"), path),
        path.open(encoding="utf-8-sig", errors="replace") as file,
    ):
        return file.read(LONGEST_FILE)
