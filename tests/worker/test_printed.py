"""What workers print, and who can see it."""

from __future__ import annotations

import faulthandler
import os
import sys

import pytest

from grader.worker.printed import Flow, Printed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux alone")


def pipe_of(data: bytes) -> tuple[int, int]:
    """Return the two ends of a pipe that holds `data`; the end to read from does not block."""
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    os.write(write_end, data)
    return read_end, write_end


def test_what_comes_in_parts_is_kept_whole() -> None:
    """Nothing more for now is not the end; both are told apart."""
    printed = Printed(100)
    read_end, write_end = pipe_of(b"first ")
    assert printed.take_from(read_end) is Flow.WAITING
    os.write(write_end, b"second")
    os.close(write_end)
    assert printed.take_from(read_end) is Flow.ENDED
    assert bytes(printed.view()) == b"first second"
    os.close(read_end)


@pytest.mark.parametrize(("size", "flow"), [(9, Flow.WAITING), (10, Flow.WAITING), (11, Flow.OVER), (4000, Flow.OVER)])
def test_the_limit_is_to_the_byte(size: int, flow: Flow) -> None:
    """As much as is allowed is kept, and one byte more is too much."""
    printed = Printed(10)
    read_end, write_end = pipe_of(b"x" * size)
    assert printed.take_from(read_end) is flow
    assert bytes(printed.view()) == b"x" * min(size, 10)
    os.close(read_end)
    os.close(write_end)


def test_no_fork_inherits_it() -> None:
    """In a forked process the memory is not there: touching it is a segmentation fault."""
    printed = Printed(100)
    read_end, write_end = pipe_of(b"secret")
    printed.take_from(read_end)
    pid = os.fork()
    if pid == 0:
        faulthandler.disable()
        try:
            bytes(printed.view())
        finally:
            os._exit(0)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status)
    assert bytes(printed.view()) == b"secret"
    os.close(read_end)
    os.close(write_end)
