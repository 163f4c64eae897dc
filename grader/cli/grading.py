"""Where the verdicts of `grader check` come from: a warm process that another command left, or this process."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from grader.errors import WorkerFault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.cli.app import App
    from grader.model import Graded, GradeOptions, GradeRequest
    from grader.warm.shared import SharedProcess


def verdicts(app: App, requests: Sequence[GradeRequest], options: GradeOptions) -> Iterator[Graded]:
    """Yield the verdict on each request, in order; leave a warm process behind for the next command."""
    shared = _shared(app)
    left = list(requests)
    while shared is not None and left:
        from grader.warm.shared import Unavailable  # noqa: PLC0415 - only where it is wanted

        try:
            graded = shared.grade(left[0], options=options)
        except Unavailable:
            break
        left.pop(0)
        yield graded
    if not left:
        return
    yield from _in_this_process(left, options)
    if shared is not None:
        # Convenience alone: that it cannot be had takes nothing from the verdict.
        with suppress(WorkerFault):
            shared.start()


def _in_this_process(requests: Sequence[GradeRequest], options: GradeOptions) -> Iterator[Graded]:
    # The judge brings pytest and torch, which no other command should wait for; torch comes first.
    from grader.worker.preload import preload  # noqa: PLC0415

    preload(())
    from grader.judge.session import grade_all  # noqa: PLC0415

    return grade_all(requests, options=options)


def _shared(app: App) -> SharedProcess | None:
    asked = app.environ.get("GRADER_WARM", "")
    if asked == "0" or not (asked == "1" or sys.stdout.isatty()):
        return None
    # sockets and subprocesses: 15 ms that a pipe need not pay.
    from grader.warm.home import find_home  # noqa: PLC0415
    from grader.warm.shared import SharedProcess  # noqa: PLC0415

    home = find_home(app.environ)
    return None if home is None else SharedProcess(app.course, home)
