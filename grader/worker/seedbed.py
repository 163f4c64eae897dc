"""Fork nurseries for judges that are forks themselves.

The seedbed is forked from a process that has torch and nothing of the judge. That process
may then import what judging needs and fork judges, while no worker ever descends from it.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from contextlib import suppress
from typing import NoReturn

from grader.errors import WorkerFault
from grader.worker.inside import warm_up, wipe_environment
from grader.worker.keeper import keep
from grader.worker.nursery import Nursery
from grader.worker.pages import fill_gaps, gather


class Seedbed:
    """The side of whoever judges; a fork inherits it and may use it as well."""

    def __init__(self) -> None:
        warm_up()
        fill_gaps()
        gather()
        # Packets, since several judges may ask at the same time.
        near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            near.close()
            _tend(far)
        far.close()
        self._socket = near

    def nursery(self) -> Nursery:
        """Return a new nursery.

        Raises:
            WorkerFault: the seedbed is gone.
        """
        near, far = socket.socketpair()
        try:
            socket.send_fds(self._socket, [b"!"], [far.fileno()])
        except OSError as error:
            near.close()
            raise WorkerFault("fault.nursery_gone", error=str(error)) from None
        finally:
            far.close()
        return Nursery(near)

    def close(self) -> None:
        """End the seedbed; it waits for its nurseries, which live as long as their judges."""
        self._socket.close()
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def _tend(line: socket.socket) -> NoReturn:
    """Fork a nursery for every line to a judge that comes, until nobody is left who could ask."""
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        # The kernel buries the nurseries.
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        wipe_environment()
        sys.argv[:] = [""]
        while True:
            asked, fds, _, _ = socket.recv_fds(line, 1, 1)
            if not asked:
                break
            far = socket.socket(fileno=fds[0])
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                line.close()
                keep(far)
            far.close()
        # Those are told by their judges; whoever waits for this process waits for all of them.
        with suppress(ChildProcessError):
            os.waitpid(-1, 0)
    finally:
        os._exit(0)
