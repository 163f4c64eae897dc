"""Run a command, and tell which of its descendants outlive it: `python reaper.py FILE COMMAND…`."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
PATIENCE_S = 3.0


def outlived() -> list[int]:
    """Bury what has ended, and return the children that have not: orphans come to their subreaper."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return []
    return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="utf-8").split()]


def main() -> int:
    """Return the command's exit status; FILE gets the pids that are alive when it ends, and those that stay so."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    status = subprocess.run(sys.argv[2:], check=False).returncode
    at_once = left = outlived()
    end = time.monotonic() + PATIENCE_S
    while left and time.monotonic() < end:
        time.sleep(0.01)
        left = outlived()
    Path(sys.argv[1]).write_text(json.dumps({"at_once": at_once, "left": left}), encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())
