"""The zygote: its copies are its keeper's, whole processes that know who they are."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.errors import WorkerFault
from grader.model import Limits
from grader.worker.nursery import Nursery
from grader.worker.place import Place
from tests.warm.processes import below
from tests.worker.test_starters import parent_of, processes_in

if TYPE_CHECKING:
    from tests.worker.conftest import Open

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are copied on Linux alone")

# Forks a child that has itself copied, and tells whose the copy is, what it knows of itself, and how it ends.
COPIES = """
import ctypes, os, signal, sys, threading
from grader.worker.zygote import PR_GET_TID_ADDRESS, _copier

read_end, write_end = os.pipe()
child = os.fork()
if child == 0:
    copy = _copier()
    os.write(write_end, b"before ")
    if copy() == 0:
        kept = ctypes.c_void_p()
        told = ctypes.CDLL(None).prctl(PR_GET_TID_ADDRESS, ctypes.byref(kept))
        mine = told != 0 or ctypes.c_int.from_address(kept.value).value == threading.get_native_id()
        thread = threading.Thread(target=os.write, args=(write_end, b"thread "))
        thread.start()
        thread.join()
        os.write(write_end, b"mine" if mine else b"another's")
        signal.raise_signal(signal.SIGTERM)
    os._exit(7)
ends = {}
for _ in range(2):
    pid, status = os.wait()
    ends["child" if pid == child else "copy"] = os.waitstatus_to_exitcode(status)
os.close(write_end)
print(os.read(read_end, 100).decode(), ends["child"], ends["copy"])
"""
FACTS = """
import os, threading

def facts():
    return {"cwd": os.getcwd(), "native": threading.get_native_id(), "pid": os.getpid(), "session": os.getsid(0)}
"""


def test_a_copy_is_its_grandparents_child_and_knows_itself() -> None:
    """A copy is waited for by the parent of the process that it copies; its thread has its own number; it can end."""
    done = subprocess.run([sys.executable, "-c", COPIES], capture_output=True, text=True, check=False, timeout=120)
    assert (done.stdout, done.stderr) == ("before thread mine 7 -15\n", "")


def test_a_worker_leads_a_session_of_its_own(nursery: Nursery, open_worker: Open) -> None:
    """Whoever signals a worker's group reaches nobody else, and its main thread has the number of the process."""
    talk = open_worker(nursery, FACTS)
    facts = talk.call("facts")
    assert facts["native"] == facts["pid"] == facts["session"]
    talk.leave()


def test_a_nursery_without_its_zygote_is_gone(open_worker: Open, tmp_path: Path) -> None:
    """Kill -9 on the zygote: whoever wants another worker is told, and nothing is left behind."""
    before = below(os.getpid())
    own = Nursery.fork()
    talk = open_worker(own, FACTS)
    (process,) = processes_in(talk.call("facts")["cwd"])
    keeper = parent_of(process)
    zygotes = [
        pid
        for pid in below(os.getpid()) - before - {keeper, process}
        if b"cat" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    assert [parent_of(pid) for pid in zygotes] == [keeper]
    os.kill(zygotes[0], signal.SIGKILL)
    for worker in (own.start(Place(str(tmp_path), (), Limits())), talk.worker):
        with pytest.raises(WorkerFault, match="nursery_gone"):
            worker.ending()
    own.close()
    assert any(not (below(os.getpid()) - before) or time.sleep(0.02) for _ in range(500))


def test_what_is_no_namespace_cannot_be_entered() -> None:
    """Workers that cannot have the namespace that they should have are not started at all."""
    script = (
        "import os\nfrom grader.worker.inside import warm_up\nfrom grader.worker.zygote import Zygote\n"
        "warm_up()\nzygote = Zygote()\n"
        "try:\n    zygote.enter([os.open('/dev/null', os.O_RDONLY)])\n"
        "except OSError as error:\n    print(type(error).__name__, error.errno, error.filename)\n"
        "zygote.close()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=120)
    assert (done.stdout, done.stderr) == ("OSError 22 zygote\n", "")
