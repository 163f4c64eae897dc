"""Huge pages: what this process has written is gathered in them, and stays what it was."""

from __future__ import annotations

import ctypes
import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

from grader.worker.pages import HUGE_BYTES, fill_gaps, gather

PAGES = 8
_RANGE = re.compile(r"(?P<start>[0-9a-f]+)-(?P<end>[0-9a-f]+) ")

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone has /proc and MADV_COLLAPSE")


def huge_bytes_at(address: int) -> int:
    """Return how much of the mapping that holds `address` lies in huge pages."""
    inside = False
    for line in Path("/proc/self/smaps").read_text(encoding="utf-8", errors="replace").splitlines():
        found = _RANGE.match(line)
        if found is not None:
            inside = int(found["start"], 16) <= address < int(found["end"], 16)
        elif inside and line.startswith("AnonHugePages:"):
            return int(line.split()[1]) << 10
    message = f"no mapping holds {address:x}"
    raise AssertionError(message)


def written() -> bytearray:
    """Return a buffer of several huge pages, no two of its small pages alike."""
    size = PAGES * HUGE_BYTES
    return bytearray((bytes(range(251)) * (size // 251 + 1))[:size])


@linux_only
def test_what_was_written_is_gathered_and_stays_what_it_was() -> None:
    """A large buffer lies in huge pages afterwards, and every byte of it is as before."""
    buffer = written()
    address = ctypes.addressof(ctypes.c_char.from_buffer(buffer))
    gathered = gather()
    if gathered == 0:
        pytest.skip("this kernel makes no huge pages on demand")
    # The first and the last of its pages are shared with what lies beside it.
    assert huge_bytes_at(address + HUGE_BYTES) >= (PAGES - 2) * HUGE_BYTES
    assert gathered >= PAGES - 2
    assert buffer == written()


def test_elsewhere_nothing_is_gathered() -> None:
    """On another system there is nothing to do, and that is no error."""
    assert gather(platform="darwin") == 0
    assert gather(platform="win32") == 0


@linux_only
@pytest.mark.parametrize(
    "rest",
    ["r--p 00000000 00:00 0", "rw-s 00000000 00:00 0", "rw-p 00000000 08:01 17 /usr/lib/with a space.so"],
    ids=["read-only", "shared", "file"],
)
def test_other_memory_is_left_alone(tmp_path: Path, rest: str) -> None:
    """What is shared, read-only or of a file is not gathered, though the very same place would be."""
    maps = tmp_path / "maps"
    buffer = written()
    start = ctypes.addressof(ctypes.c_char.from_buffer(buffer))
    span = f"{start:x}-{start + len(buffer):x}"
    maps.write_text(f"{span} {rest}\n", encoding="utf-8")
    assert gather(maps=maps) == 0
    maps.write_text(f"{span} rw-p 00000000 00:00 0\n", encoding="utf-8")
    if gather(maps=maps) == 0:
        pytest.skip("this kernel makes no huge pages on demand")


@linux_only
def test_memory_that_has_gone_is_no_error(tmp_path: Path) -> None:
    """A mapping that is there no more when its turn comes, and one without a whole huge page, count for nothing."""
    maps = tmp_path / "maps"
    maps.write_text(
        "10000000000-10000400000 rw-p 00000000 00:00 0\n10000001000-10000300000 rw-p 00000000 00:00 0\n",
        encoding="utf-8",
    )
    assert gather(maps=maps) == 0


@linux_only
def test_without_proc_nothing_is_gathered(tmp_path: Path) -> None:
    """A process that may not read its own maps goes on with the pages it has."""
    assert gather(maps=tmp_path / "missing") == 0


FILLED = """
import ctypes
from grader.worker.pages import fill_gaps
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, (ctypes.c_size_t,)
libc.free.argtypes, libc.sbrk.restype = (ctypes.c_void_p,), ctypes.c_void_p
pieces = [libc.malloc(1000) for _ in range(2000)]
for each in pieces[::2]:
    libc.free(each)
end = libc.sbrk(0)
again = libc.malloc(1000) < end
taken, twice = fill_gaps(), fill_gaps()
print(again, taken >= 990, twice < 100, sum(libc.malloc(size) < end for size in range(16, 1000, 16)))
"""


@linux_only
@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="gaps are those of glibc's heap")
def test_gaps_are_filled() -> None:
    """Pieces that were freed between others are not given out again; whoever asks next gets new memory."""
    done = subprocess.run([sys.executable, "-c", FILLED], capture_output=True, text=True, check=False, timeout=120)
    assert (done.stdout, done.stderr) == ("True True True 0\n", "")


def test_elsewhere_no_gaps_are_filled() -> None:
    """On another system there is nothing to do, and that is no error."""
    assert fill_gaps(platform="darwin") == 0
