"""Workers by fork and by spawn: the same life behind the same interface."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.errors import WorkerFault
from grader.model import Limits
from grader.worker.confine import FULL, describe_level, level
from grader.worker.frames import Channel
from grader.worker.limits import CPU, DISK, OUTPUT, THREADS, WALL
from grader.worker.nursery import Nursery
from grader.worker.place import STOPPED, Ending, Place
from grader.worker.scratch import remove_tree
from grader.worker.spawn import Spawner
from grader.worker.wire import Finish, Hello, Load, Success, decode_reply
from tests.warm.processes import below
from tests.worker.conftest import Talk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.worker.place import Starter
    from tests.worker.conftest import Open

LIFE = """
import os, sys, tempfile

print("printed")
print("complained", file=sys.stderr)

def facts():
    with tempfile.NamedTemporaryFile("w", delete=False) as file:
        file.write("mine")
    return {
        "environ": dict(os.environ), "cwd": os.getcwd(), "argv": sys.argv, "pid": os.getpid(),
        "grader": sorted(name for name in sys.modules if name.startswith(("grader", "solutions", "landlockpy"))),
        "here": [name for name in os.listdir() if not name.startswith("fontlist")],
        "file": file.name, "stdin": sys.stdin.read(),
    }

def descriptors():
    found = []
    for fd in range(256):
        try:
            os.fstat(fd)
        except OSError:
            continue
        found.append(fd)
    return found

def open_home():
    return open("/etc/passwd").read()

def connect():
    import socket
    return socket.socket()

def leave():
    os._exit(3)
"""
ENVIRONMENT = {"HOME", "TMPDIR", "MPLCONFIGDIR", "XDG_CACHE_HOME", "LANG", "OMP_NUM_THREADS", "MPLBACKEND"}
MISBEHAVIOUR = """
import os, threading, time, signal

def loop():
    while True:
        pass

def sleep():
    time.sleep(60)

def threads():
    for _ in range(20):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    time.sleep(60)

def files():
    for name in "abcd":
        with open(name, "wb") as file:
            file.write(bytes(600_000))
    time.sleep(60)

def deleted():
    kept = [open(name, "wb") for name in "abcd"]
    for name, file in zip("abcd", kept):
        os.unlink(name)
        file.write(bytes(600_000))
        file.flush()
    time.sleep(60)

def one_file():
    try:
        with open("a", "wb", buffering=0) as file:
            while True:
                file.write(bytes(100_000))
    except OSError:
        time.sleep(60)

def output():
    for _ in range(1000):
        print("x" * 100)
    time.sleep(60)

def memory():
    import torch
    return torch.ones(1 << 40)

def lists():
    return len([0] * (1 << 40))

def descriptors():
    return len([open("/dev/null") for _ in range(100)])

def segfault():
    os.kill(os.getpid(), signal.SIGSEGV)

def reply():
    return b"x" * 3_000_000

def fine():
    return 1
"""


def is_removed(folder: Path) -> bool:
    """Tell whether a folder goes away; a process of its own may be at work on it."""
    return any(not folder.exists() or time.sleep(0.02) for _ in range(500))


def processes_in(folder: str) -> list[int]:
    """Return the processes at home in `folder`: a worker may know itself by another number."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        with suppress(OSError):
            if str(link.readlink()) == folder:
                found.append(int(link.parent.name))
    return found


def parent_of(pid: int) -> int:
    """Return the parent of a process."""
    return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])


def living(pids: Sequence[int]) -> list[int]:
    """Return those of the processes that have not ended."""
    return [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_a_worker_lives_and_ends_the_same_way_either_way(starter: Starter, open_worker: Open) -> None:
    """A worker has a private folder, a bare environment, no way out, and its output is told at its end."""
    talk = open_worker(starter, LIFE)
    facts = talk.call("facts")
    assert set(facts["environ"]) == ENVIRONMENT
    assert {facts["environ"][name] for name in ENVIRONMENT if name.endswith(("HOME", "DIR"))} == {facts["cwd"]}
    assert (facts["argv"], facts["stdin"], facts["grader"]) == ([""], "", [])
    assert Path(facts["file"]).read_text(encoding="utf-8") == "mine"
    assert facts["here"] == [Path(facts["file"]).name]
    lives_in = processes_in(facts["cwd"])
    assert len(lives_in) == (sys.platform == "linux")
    assert not [pid for pid in lives_in if b"HOME=" in Path(f"/proc/{pid}/environ").read_bytes()]
    assert os.getpid() not in lives_in
    assert talk.sandbox == level()
    if level() == FULL:
        assert talk.call("open_home") == ("PermissionError", "raised")
        assert talk.call("connect") == ("PermissionError", "raised")
    ending = talk.ending_of("leave")
    assert (ending.reason, ending.exit_code, ending.signal) == ("", 3, 0)
    assert sorted(ending.output.splitlines()) == [b"complained", b"printed"]
    assert is_removed(Path(facts["cwd"]))
    assert not living(lives_in)


def test_the_wall_clock_is_kept_either_way(starter: Starter, open_worker: Open) -> None:
    """A call that sleeps for ever ends by the limit named wall."""
    talk = open_worker(starter, MISBEHAVIOUR, wall_s=0.3)
    ending = talk.ending_of("sleep")
    assert (ending.reason, ending.signal) == (WALL, 9)


def test_the_sandbox_is_full_where_the_kernel_has_it(nursery: Nursery, open_worker: Open) -> None:
    """With Landlock and seccomp the level of a worker is full."""
    if level() != FULL:
        pytest.skip(f"this system has less: {describe_level()}")
    talk = open_worker(nursery, LIFE)
    assert talk.sandbox == "full"
    talk.leave()


def test_a_forked_worker_has_only_its_own_descriptors(nursery: Nursery, open_worker: Open) -> None:
    """Beside the three streams a worker holds its channel and nothing of the nursery's or the judge's.

    A second worker is alive at the time, so its descriptors would show.
    """
    other, talk = open_worker(nursery, LIFE), open_worker(nursery, LIFE)
    assert talk.call("descriptors") == [0, 1, 2, 3]
    other.leave()
    talk.leave()


@pytest.mark.parametrize(
    ("name", "reason", "limits"),
    [
        ("loop", WALL, {"wall_s": 0.2}),
        ("loop", CPU, {"cpu_s": 1.0}),
        ("threads", THREADS, {"threads": 4}),
        ("files", DISK, {"disk_bytes": 1 << 20}),
        ("deleted", DISK, {"disk_bytes": 1 << 20}),
        ("one_file", DISK, {"disk_bytes": 1 << 20}),
        ("output", OUTPUT, {"output_bytes": 1000}),
    ],
)
def test_a_broken_limit_is_named(
    nursery: Nursery, open_worker: Open, name: str, reason: str, limits: dict[str, float]
) -> None:
    """Each watched limit ends the worker, and the ending says which it was."""
    ending = open_worker(nursery, MISBEHAVIOUR, **limits).ending_of(name)
    assert ending.reason == reason
    assert len(ending.output) <= 1000
    assert (ending.output == b"") == (reason != OUTPUT)


@pytest.mark.parametrize(
    ("name", "limits", "failure"),
    [
        ("memory", {"memory_bytes": 256 << 20}, ("RuntimeError", "memory")),
        ("lists", {"memory_bytes": 256 << 20}, ("MemoryError", "memory")),
        ("descriptors", {"open_files": 64}, ("OSError", "raised")),
        ("reply", {"reply_bytes": 1 << 20}, ("WireError", "wire")),
    ],
)
def test_the_kernels_limits_are_errors_that_the_worker_survives(
    nursery: Nursery, open_worker: Open, name: str, limits: dict[str, float], failure: tuple[str, str]
) -> None:
    """Memory, descriptors and a reply's size are refused to the call alone."""
    talk = open_worker(nursery, MISBEHAVIOUR, **limits)
    assert talk.call(name) == failure
    assert talk.call("fine") == 1
    talk.leave()


def test_a_worker_killed_by_a_signal_is_told(nursery: Nursery, open_worker: Open) -> None:
    """A crash has a signal and no reason."""
    ending = open_worker(nursery, MISBEHAVIOUR).ending_of("segfault")
    assert (ending.reason, ending.signal) == ("", 11)


def test_stopping_is_not_a_fault(nursery: Nursery, open_worker: Open) -> None:
    """A worker that the judge ends is stopped; stopping again does nothing."""
    talk = open_worker(nursery, MISBEHAVIOUR)
    talk.worker.stop()
    talk.worker.stop()
    assert talk.worker.ending().reason in (STOPPED, "")


def test_finish_ends_a_worker_by_itself(nursery: Nursery, open_worker: Open) -> None:
    """After the last reply the worker leaves with exit code 0."""
    talk = open_worker(nursery, MISBEHAVIOUR)
    assert talk.ask(Finish(9)) == Success(9, None)
    ending = talk.worker.ending()
    assert (ending.reason, ending.exit_code, ending.signal) == ("", 0, 0)


def test_endings_are_kept_apart(nursery: Nursery, open_worker: Open) -> None:
    """Workers may end in another order than they are asked about."""
    first = open_worker(nursery, LIFE)
    second = open_worker(nursery, MISBEHAVIOUR)
    assert second.ending_of("segfault").signal == 11
    assert first.ending_of("leave").exit_code == 3


def test_workers_share_nothing(nursery: Nursery, open_worker: Open) -> None:
    """What one worker changes in torch or in its folder, the next does not see."""
    source = (
        "import os, torch\n"
        "seen = [getattr(torch, 'spoilt', False), os.listdir()]\n"
        "torch.spoilt = True\nopen('left', 'w').close()\n"
        "def f():\n    return seen\n"
    )
    for _ in range(2):
        talk = open_worker(nursery, source)
        assert talk.call("f") == [False, []]
        talk.leave()


def test_closing_the_nursery_ends_its_workers(open_worker: Open) -> None:
    """No worker and no folder outlives the nursery; afterwards it is gone."""
    with Nursery.fork() as own:
        talk = open_worker(own, LIFE)
        facts = talk.call("facts")
        lives_in = processes_in(facts["cwd"])
    assert not living(lives_in)
    assert not Path(facts["cwd"]).exists()
    own.close()
    with pytest.raises(WorkerFault, match="nursery_gone"):
        own.start(Place("", (), Limits()))
    with pytest.raises(WorkerFault, match="nursery_gone"):
        talk.worker.ending()


def test_killing_a_nursery_ends_its_workers(open_worker: Open) -> None:
    """Kill -9 on a nursery, which then can bury nobody: all its workers end with it."""
    own = Nursery.fork()
    talk = open_worker(own, LIFE)
    home = Path(talk.call("facts")["cwd"])
    lives_in = processes_in(str(home))
    assert lives_in
    (nursery_pid,) = set(map(parent_of, lives_in))
    os.kill(nursery_pid, signal.SIGKILL)
    assert any(not living(lives_in) or time.sleep(0.02) for _ in range(500))
    with pytest.raises(WorkerFault, match="nursery_gone"):
        talk.worker.ending()
    own.close()
    remove_tree(home.parent)


def test_the_next_submission_starts_alone(nursery: Nursery, tmp_path: Path) -> None:
    """Before a worker of another submission starts, all workers of the last one have ended, asked to or not."""
    first = [nursery.start(Place(str(tmp_path), (), Limits())) for _ in range(2)]
    for worker in first:
        assert isinstance(decode_reply(worker.channel.receive()), Hello)
    second = nursery.start(Place("", (), Limits()))
    assert isinstance(decode_reply(second.channel.receive()), Hello)
    for worker in first:
        with pytest.raises(EOFError):
            worker.channel.receive()
        assert worker.ending().reason == STOPPED
    second.stop()
    assert second.ending().reason in (STOPPED, "")


def test_a_gpu_opens_no_way_into_the_machine(spawner: Spawner, tmp_path: Path) -> None:
    """A worker for a GPU may read about the machine; it changes nothing, and no device but the GPU's is open to it."""
    if level() != FULL:
        pytest.skip(f"this system has less: {describe_level()}")
    source = """
def opened():
    found = []
    for path in ("/proc/sys/kernel/core_pattern", "/sys/kernel/mm/ksm/run", "/dev/kmsg", "/dev/zero", "/proc/devices"):
        for mode in ("rb", "r+b"):
            try:
                open(path, mode).close()
            except OSError:
                continue
            found.append(f"{path} {mode}")
    return found
"""
    worker = spawner.start(Place(str(tmp_path), (), Limits(), "cuda"))
    hello = decode_reply(worker.channel.receive())
    assert isinstance(hello, Hello)
    talk = Talk(worker, hello.sandbox)
    assert talk.ask(Load(1, source.encode(), "ex99_worker.py", 0)) == Success(1, None)
    found = talk.call("opened")
    assert "/proc/devices rb" in found
    assert [each for each in found if each.startswith("/dev") or each.endswith("r+b")] == []
    talk.leave()


def test_no_interpreter_no_spawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Python cannot be started the grader is at fault, and says so."""
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with Spawner() as spawner, pytest.raises(WorkerFault, match="cannot_spawn"):
        spawner.start(Place("", (), Limits()))


def test_an_ending_travels() -> None:
    """An ending is plain data; a channel is what a worker is reached by."""
    assert Ending("wall", 0, 9, b"") == Ending("wall", 0, 9, b"")
    assert {"send", "receive"} <= set(dir(Channel))


def test_what_a_buried_worker_had_printed_harms_nobody(open_worker: Open, tmp_path: Path) -> None:
    """A nursery that finds output of a worker and the order for another submission at once follows the order."""
    before = below(os.getpid())
    with Nursery.fork() as own:
        (nursery,) = {pid for pid in below(os.getpid()) - before if parent_of(pid) == os.getpid()}
        source = "import threading\ndef later():\n    threading.Timer(0.2, print, ['late']).start()\n"
        talk = open_worker(own, source)
        talk.call("later")
        os.kill(nursery, signal.SIGSTOP)
        time.sleep(0.8)
        other = own.start(Place(str(tmp_path.parent), (), Limits()))
        os.kill(nursery, signal.SIGCONT)
        assert isinstance(decode_reply(other.channel.receive()), Hello)
        assert talk.worker.ending().output == b"late\n"
        other.stop()
        other.ending()
