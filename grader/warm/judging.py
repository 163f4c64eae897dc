"""What a fork of the warm process does: grade one file and say so on its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from grader.errors import GraderError
from grader.judge.plots import plot_of
from grader.judge.session import grade, is_forked, open_starter
from grader.model import Status
from grader.warm.wire import Checked, Done, Drawn, Grade, Message, Verdict, decode, encode, refused
from grader.worker.preload import preload

if TYPE_CHECKING:
    from grader.worker.frames import Channel
    from grader.worker.place import Starter
    from grader.worker.seedbed import Seedbed

PLOT_SEED = 0
# Code that ended so would end a plot in the same way, some seconds later.
UNSEEN = (Status.TIMEOUT, Status.CRASHED, Status.MISSING, Status.NOT_STARTED)


def judge(channel: Channel, seedbed: Seedbed | None) -> None:
    """Answer the one request that comes over `channel`."""

    def say(message: Message) -> None:
        channel.send(encode(message))

    asked = decode(channel.receive())
    if not isinstance(asked, Grade):
        return
    try:
        preload(asked.request.exercise.preload)
        with _starter(asked.options.device, seedbed) as starter:
            graded = grade(
                asked.request, options=asked.options, starter=starter, on_check=lambda result: say(Checked(result))
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
        # Whoever asked has gone.
        return
    except Exception as error:  # noqa: BLE001 - the grader's own fault, told as such and not as a crash
        say(refused(GraderError("error.internal", kind=type(error).__name__, detail=str(error))))


def _starter(device: str, seedbed: Seedbed | None) -> Starter:
    return seedbed.nursery() if seedbed is not None and is_forked(device) else open_starter(device)
