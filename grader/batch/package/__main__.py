"""What a package runs where it was unpacked; its first argument names the service."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from grader.batch.package.classroom_run import grade_in_classroom
from grader.batch.package.gradescope_run import grade_on_gradescope
from grader.batch.package.settings import FILE_NAME, read_settings
from grader.errors import GraderError
from grader.texts import Catalog
from grader.worker.confine import level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.model import Lang


def main(arguments: Sequence[str]) -> int:
    """Grade, and return the exit status."""
    # A grading that is over time ends in order; whatever is not a grading does not end half-way.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):
            stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    service, package, place = arguments
    try:
        if service == "gradescope":
            grade_on_gradescope(Path(package), Path(place), level=level())
            return 0
        return grade_in_classroom(Path(package), Path(place), level=level(), environ=os.environ, say=_say)
    except GraderError as error:
        # For the instructor: neither service shows a student what goes to this stream of Gradescope's.
        sys.stderr.write(f"{Catalog(_lang(Path(package))).explain(error)}\n")
        return 2


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _lang(package: Path) -> Lang:
    with suppress(GraderError):
        return read_settings(package / FILE_NAME).lang
    return "en"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
