"""Start a warm process: `python -m grader.warm`, for one owner or for all commands of a user."""

from __future__ import annotations

import argparse
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from grader.warm.server import Owner, run
from grader.warm.shared import Listener, claim

if TYPE_CHECKING:
    from grader.warm.server import Source


def main() -> None:
    """Read what this process is to be, and be it."""
    parser = argparse.ArgumentParser(prog="python -m grader.warm", description=__doc__)
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument("--control", type=int, metavar="FD", help="serve the owner at the other end of this socket")
    kind.add_argument("--listen", type=Path, metavar="PATH", help="serve whoever of this user connects to this path")
    parser.add_argument("--stamp", required=True, help="what the one who asks will compare")
    parser.add_argument("--idle", type=float, metavar="SECONDS", help="end when nobody has asked for so long")
    parser.add_argument("modules", nargs="*", help="what to import beside torch")
    asked = parser.parse_args()
    # No key pressed in the terminal that this was started from is meant for it, and no folder is held in use.
    os.setsid()
    os.chdir("/")
    if asked.control is not None:
        control = socket.socket(fileno=asked.control)
        run(lambda: _owned(control), asked.stamp, asked.modules, idle_s=asked.idle)
        return
    with claim(asked.listen) as claimed:
        if claimed:
            run(lambda: Listener(asked.listen), asked.stamp, asked.modules, idle_s=asked.idle)


def _owned(control: socket.socket) -> Source:
    control.send(b"!")
    return Owner(control)


if __name__ == "__main__":
    main()
    # Taking torch down politely takes longer than loading a course.
    os._exit(0)
