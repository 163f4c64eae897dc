"""Importing for workers: what lasts is kept from the garbage collector, and only that."""

from __future__ import annotations

import gc
import subprocess
import sys

from grader.worker.preload import preload

FRESH = """
import gc, sys
from grader.worker.preload import preload
gc.enable()
preload(["wave"])
print("wave" in sys.modules, gc.isenabled(), gc.get_freeze_count() > 100_000)
"""


def test_what_is_imported_is_kept_from_the_collector() -> None:
    """Torch and the modules asked for are there, frozen, and the collector works on."""
    done = subprocess.run([sys.executable, "-c", FRESH], capture_output=True, text=True, check=False, timeout=120)
    assert (done.stdout, done.stderr) == ("True True True\n", "")


def test_what_was_there_already_changes_nothing() -> None:
    """A judge that preloads for every file keeps no garbage of the files before."""
    preload(())
    frozen = gc.get_freeze_count()
    kept = [[] for _ in range(1000)]
    preload(["torch", "math"])
    assert gc.get_freeze_count() == frozen
    assert len(kept) == 1000
