"""What a fork of the warm process does: grade the files that are asked for on its line."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import msgspec

from grader.errors import GraderError
from grader.judge.plots import plot_of
from grader.judge.session import grade, is_forked, open_starter
from grader.model import Status
from grader.warm.pristine import left_as_found
from grader.warm.wire import Checked, Done, Drawn, Grade, Message, Verdict, decode, encode, refused
from grader.worker.preload import preload

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.judge.sitting import Sitting
    from grader.worker.frames import Channel
    from grader.worker.place import Starter
    from grader.worker.seedbed import Seedbed

PLOT_SEED = 0
# Code that ended so would end a plot in the same way, some seconds later.
UNSEEN = (Status.TIMEOUT, Status.CRASHED, Status.MISSING, Status.NOT_STARTED)


def judge(channel: Channel, seedbed: Seedbed | None, sitting: Sitting) -> None:
    """Answer the requests that come over `channel`, one after the other, until whoever asks has gone."""
    with ExitStack() as stack:
        starters: dict[str, Starter] = {}
        while True:
            try:
                asked = decode(channel.receive())
                if not isinstance(asked, Grade):
                    return
                _answer(asked, channel, sitting, lambda device: _kept(starters, device, seedbed, stack))
            except (EOFError, OSError):
                return


def _answer(asked: Grade, channel: Channel, sitting: Sitting, starter_for: Callable[[str], Starter]) -> None:
    def say(message: Message) -> None:
        channel.send(encode(message))

    try:
        preload(asked.request.exercise.preload)
        starter = starter_for(asked.options.device)
        with left_as_found(asked.options.course):
            graded = grade(
                asked.request,
                options=asked.options,
                starter=starter,
                on_check=lambda result: say(Checked(result)),
                sitting=sitting,
            )
        say(Verdict(graded))
        if asked.plot and graded.report.status not in UNSEEN:
            # The same data after every change, so that what moves in the picture is the code's doing.
            steady = msgspec.structs.replace(asked.options, seed=PLOT_SEED)
            plot = plot_of(asked.request, options=steady, starter=starter)
            if plot is not None:
                say(Drawn(plot))
        say(Done())
    except GraderError as error:
        say(refused(error))
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - the grader's own fault, told as such and not as a crash
        say(refused(GraderError("error.internal", kind=type(error).__name__, detail=str(error))))


def _kept(starters: dict[str, Starter], device: str, seedbed: Seedbed | None, stack: ExitStack) -> Starter:
    """Return the way to start workers for `device`, the same for every request."""
    if device not in starters:
        starters[device] = stack.enter_context(_starter(device, seedbed))
    return starters[device]


def _starter(device: str, seedbed: Seedbed | None) -> Starter:
    return seedbed.nursery() if seedbed is not None and is_forked(device) else open_starter(device)
