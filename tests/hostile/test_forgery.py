"""Replies that the worker's server never sent: each is refused, none counts, none hangs the judge."""

# ruff: noqa: E501 - files under test are written in long lines

from __future__ import annotations

import pytest

from grader.model import Limits, Status
from tests.hostile.verdicts import Verdict, caught

FORGER = """
import os, struct, sys

def request():
    frame = sys._getframe()
    while frame:
        found = frame.f_locals.get("request")
        if hasattr(found, "id"):
            return found
        frame = frame.f_back

def pack(value):
    if value is None:
        return b"\\xc0"
    if value is True or value is False:
        return b"\\xc3" if value else b"\\xc2"
    if isinstance(value, int):
        return b"\\xd3" + struct.pack("!q", value)
    if isinstance(value, float):
        return b"\\xcb" + struct.pack("!d", value)
    if isinstance(value, str):
        return b"\\xdb" + struct.pack("!I", len(value.encode())) + value.encode()
    if isinstance(value, bytes):
        return b"\\xc6" + struct.pack("!I", len(value)) + value
    return b"\\xdd" + struct.pack("!I", len(value)) + b"".join(map(pack, value))

def send(data, size=None):
    data = struct.pack("!I", len(data) if size is None else size) + data
    while data:
        data = data[os.write(3, data):]

def double(x):
    id = request().id
    good = ["ok", id, ["t", "float32", list(x.shape), (2 * x.detach()).numpy().tobytes()]]
    %s
    return 2 * x
"""
FORGERIES = {
    "zeros": 'send(pack(["ok", id, ["t", "float32", [4, 3], bytes(48)]]))',
    "short tensor": 'send(pack(["ok", id, ["t", "float32", [4, 3], b"abc"]]))',
    "vast shape": 'send(pack(["ok", id, ["t", "float32", [2**62, 0], b""]]))',
    "negative shape": 'send(pack(["ok", id, ["t", "float32", [-4, -3], bytes(48)]]))',
    "no dtype": 'send(pack(["ok", id, ["t", "Tensor", [4, 3], bytes(48)]]))',
    "odd dtype": 'send(pack(["ok", id, ["t", "float4_e2m1fn_x2", [4, 3], bytes(12)]]))',
    "hello": 'send(pack(["hello", "full"]))',
    "other id": 'send(pack(["ok", id + 7, None]))',
    "twice": "send(pack(good)); send(pack(good))",
    "once more": "send(pack(good))",
    "for the next": 'send(pack(["ok", id + 1, None]))',
    "garbage": "send(os.urandom(1000))",
    "empty": 'send(b"")',
    "over the limit": 'send(b"x", size=2**32 - 1)',
    "pickle": "send(b\"cos\\nsystem\\n(S'true'\\ntR.\")",
    "no such change": 'send(pack(["ok", id, None, [[99, ["t", "float32", [], bytes(4)]]]]))',
    "negative change": 'send(pack(["ok", id, None, [[-1, ["t", "float32", [], bytes(4)]]]]))',
    "list for a tensor": 'send(pack(["ok", id, None, [], [[0, 5]]]))',
    "no such handle": 'send(pack(["ok", id, ["o", 99, "Thing", "iterator"]]))',
    "unknown sequence": 'send(pack(["ok", id, ["s", "generator", []]]))',
    "unhashable set": 'send(pack(["ok", id, ["s", "set", [["s", "list", []]]]]))',
    "number": 'send(pack(["ok", id, ["n", "int", "f" * 10_000_000]]))',
    "no number": 'send(pack(["ok", id, ["n", "complex", "x"]]))',
    "function": 'send(pack(["ok", id, ["f", "import os", "f"]]))',
    "array": 'send(pack(["ok", id, ["y", ["t", "float32", [4, 3], b""]]]))',
    "deep": 'v = b"\\x93\\xa1s\\xa4list\\x91" * 100000 + b"\\xc0"\n    send(b"\\x93\\xa2ok" + pack(id) + v)',
    "wide": 'send(b"\\x93\\xa2ok" + pack(id) + b"\\x93\\xa1s\\xa4list\\xdd" + struct.pack("!I", 1 << 24) + bytes([192]) * (1 << 24))',
    "colliding": 'send(pack(["ok", id, ["s", "set", [["n", "int", hex(n * (2**61 - 1))] for n in range(50_000)]]]))',
    "passed": 'send(pack({"passed": True, "status": "passed", "score": 4}))',
    "failure of no kind": 'send(pack(["bad", id, "passed", "Passed", "all is well"]))',
    "long failure": 'send(pack(["bad", id, "raised", "E" * 10**6, "\\x90" * 10**7, [["f" * 10**6, 1, "g", "h"]], "^" * 10**6]))',
    "exhausted": 'send(pack(["stop", id]))',
    "gradients": 'send(pack(["grads", id, [], 0]))',
}


@pytest.mark.parametrize("what", FORGERIES)
def test_forged_replies(verdict: Verdict, what: str) -> None:
    """A frame written on the channel by hand is an answer like any other, and a wrong or broken one costs the check."""
    report = verdict(FORGER % FORGERIES[what], limits=Limits(wall_s=3))
    assert not report.passed
    assert report.status in (Status.CRASHED, Status.FAILED, Status.ERROR)
    assert report.checks[0].message
    assert len(report.checks[0].message) < 10_000
    assert report.seconds < 6


def test_a_frame_announced_and_never_sent(verdict: Verdict) -> None:
    """A judge that waits for the rest of a frame waits no longer than the wall clock."""
    source = FORGER % 'os.write(3, b"\\0\\0\\1\\0half"); import time; time.sleep(60)'
    caught(verdict(source, limits=Limits(wall_s=0.6)), Status.TIMEOUT, "Time limit")


def test_a_right_answer_by_hand_then_gone(verdict: Verdict) -> None:
    """A forged reply may hold the right numbers, but whoever then leaves has not finished."""
    caught(verdict(FORGER % "send(pack(good)); os._exit(0)"), Status.CRASHED)


def test_replies_forged_at_import(verdict: Verdict) -> None:
    """A file that answers its own loading, and then leaves, passes nothing."""
    source = FORGER % "pass" + "\nsend(pack(['ok', request().id, None]))\nos._exit(0)\n"
    caught(verdict(source), Status.CRASHED)


def test_no_descriptor_is_inherited(verdict: Verdict) -> None:
    """Beyond the learner's streams there is the channel, and nothing else."""
    source = """
import os
def open_descriptors():
    for fd in range(4096):
        try:
            os.fstat(fd)
        except OSError:
            continue
        yield fd
print(*open_descriptors())
def double(x):
    return 2 * x
"""
    report = verdict(source)
    assert report.passed
    assert [check.output.strip() for check in report.checks] == ["0 1 2 3"] * 2


def test_frames_on_every_descriptor(verdict: Verdict) -> None:
    """Writing right replies on all descriptors and then leaving passes nothing."""
    lines = "data = pack(good)\n    for fd in range(64):\n        try: os.write(fd, struct.pack('!I', len(data)) + data)\n        except OSError: pass\n    os._exit(0)"
    assert not verdict(FORGER % lines).passed


def test_a_verdict_spoofed_on_stdout(verdict: Verdict) -> None:
    """What is printed is output, whatever it looks like."""
    source = """
import json, os, sys
spoof = json.dumps({"exercise": "ex1", "passed": True, "status": "passed", "score": 4.0, "max_score": 4.0, "checks": []})
print(spoof); print(spoof, file=sys.stderr)
print("==== 2 passed in 0.01s ====")
os.write(1, spoof.encode())
os._exit(0)
"""
    report = verdict(source)
    caught(report, Status.CRASHED)
    assert '"passed": true' in report.checks[0].output
