"""What the terminal program needs from outside: something that grades, watches, draws and edits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from grader.engine import Engine, SaveWatch
    from grader.model import Course, Lang, Plot


class SavePicture(Protocol):
    """Draws a plot into a new file of a folder; `grader.drawing.save_picture` is the real one."""

    def __call__(self, plot: Plot, folder: Path, stem: str, lang: Lang) -> Path:
        """Return the path of the picture."""
        ...


def _warm_process(course: Course) -> Engine:
    from grader.warm import WarmProcess  # noqa: PLC0415 - after the first paint

    return WarmProcess(course)


def _saves(folder: Path, names: frozenset[str]) -> SaveWatch:
    from grader.saves import Saves  # noqa: PLC0415 - after the first paint

    return Saves(folder, names)


def _save_picture(plot: Plot, folder: Path, stem: str, lang: Lang) -> Path:
    from grader.drawing import save_picture  # noqa: PLC0415 - few ask for a picture

    return save_picture(plot, folder, stem, lang)


def _call(words: Sequence[str]) -> int:
    import subprocess  # noqa: PLC0415 - after the first paint

    return subprocess.call(words)


@dataclass(frozen=True, kw_only=True)
class Tools:
    """How the outside is reached; tests put their own in."""

    make_engine: Callable[[Course], Engine] = _warm_process
    make_watch: Callable[[Path, frozenset[str]], SaveWatch] = _saves
    save_picture: SavePicture = _save_picture
    call: Callable[[Sequence[str]], int] = _call
    environ: Mapping[str, str] = field(default_factory=dict)
