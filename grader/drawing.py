"""Pictures of plots: matplotlib draws them in a process of its own, so that no other has to import it."""

from __future__ import annotations

import importlib.util
import itertools
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

import grader
from grader.durable import create_file, doing, reason_of
from grader.errors import GraderError
from grader.model import Lang, Plot
from grader.sanitise import plain_line
from grader.texts import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# The first picture of a computer waits for matplotlib to look at all fonts.
TIMEOUT_S = 60.0
NO_MATPLOTLIB = 3
_LONGEST_REASON = 300


class Order(msgspec.Struct, frozen=True):
    """What the drawing process is asked for."""

    plot: Plot
    lang: Lang


def save_picture(plot: Plot, folder: Path, stem: str, lang: Lang) -> Path:
    """Draw `plot` as a PNG in `folder`, which is made if need be, and return where it lies.

    It is `stem`.png, or `stem`-2.png and so on where that exists: nothing is overwritten.
    Without a font for Chinese the labels are in English. Takes about a second; the
    calling process imports nothing for it.

    Raises:
        WorkspaceError: the file cannot be written.
        GraderError: matplotlib is missing, or fails.
    """
    picture = draw(plot, lang)
    with doing(Phrase("action.make_folder"), folder):
        folder.mkdir(parents=True, exist_ok=True)
    for path in _names(folder, stem):
        with doing(Phrase("plot.save"), path):
            if create_file(path, picture):
                return path
    raise AssertionError  # the names never end


def draw(
    plot: Plot, lang: Lang, *, python: Sequence[str] = (sys.executable, "-P"), timeout_s: float = TIMEOUT_S
) -> bytes:
    """Return `plot` as a PNG, drawn by a process that `python` starts.

    Raises:
        GraderError: matplotlib is missing, or fails.
    """
    package = Path(grader.__file__).parent
    environ = os.environ | {
        "MPLBACKEND": "Agg",
        # This very grader, however it was found.
        "PYTHONPATH": os.pathsep.join(filter(None, (str(package.parent), os.environ.get("PYTHONPATH")))),
    }
    try:
        done = subprocess.run(
            [*python, "-m", "grader.drawing"],
            input=msgspec.json.encode(Order(plot, lang)),
            capture_output=True,
            # matplotlib reads settings from where it starts; the learner's folder has no say.
            cwd=package,
            env=environ,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as fault:
        raise GraderError("plot.too_slow", seconds=timeout_s) from fault
    except OSError as fault:
        raise GraderError("plot.not_started", reason=reason_of(fault)) from fault
    if done.returncode == NO_MATPLOTLIB:
        raise GraderError("plot.no_matplotlib", python=sys.executable)
    if done.returncode != 0:
        reason = _last_line(done.stderr) or f"exit status {done.returncode}"
        raise GraderError("plot.not_drawn", reason=reason, python=sys.executable)
    return done.stdout


def main() -> int:
    """Draw the order on standard input to standard output."""
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    if importlib.util.find_spec("matplotlib") is None:
        return NO_MATPLOTLIB
    from grader.picture import picture_of  # noqa: PLC0415 - only this process imports matplotlib

    sys.stdout.buffer.write(picture_of(order.plot, order.lang))
    return 0


def _names(folder: Path, stem: str) -> Iterator[Path]:
    yield folder / f"{stem}.png"
    yield from (folder / f"{stem}-{number}.png" for number in itertools.count(2))


def _last_line(stderr: bytes) -> str:
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    return plain_line(lines[-1], _LONGEST_REASON) if lines else ""


if __name__ == "__main__":
    sys.exit(main())
