"""Frames over descriptors: whole or not at all."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.worker.frames import Channel
from grader.worker.wire import WireError

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 1 << 20


@pytest.fixture
def pipe() -> Iterator[tuple[Channel, int]]:
    """Return a channel that reads its own pipe, and the pipe's writing end."""
    read_fd, write_fd = os.pipe()
    channel = Channel(read_fd, write_fd, limit_bytes=LIMIT)
    yield channel, write_fd
    for fd in (read_fd, write_fd):
        try:
            os.close(fd)
        except OSError:
            continue


@given(st.lists(st.binary(max_size=2_000), max_size=10))
def test_frames_arrive_whole_and_in_order(frames: list[bytes]) -> None:
    """Whatever is sent is received, frame by frame, empty ones too."""
    channel = Channel(*os.pipe(), limit_bytes=LIMIT)
    for frame in frames:
        channel.send(frame)
    assert [channel.receive() for _ in frames] == frames
    channel.close()


def test_a_frame_larger_than_a_pipe_arrives(pipe: tuple[Channel, int]) -> None:
    """Partial writes and reads are joined."""
    channel, _ = pipe
    frame = os.urandom(LIMIT)
    sender = threading.Thread(target=channel.send, args=(frame,))
    sender.start()
    assert channel.receive() == frame
    sender.join()


def test_a_frame_in_dribs_and_drabs_arrives(pipe: tuple[Channel, int]) -> None:
    """A header and a body that come byte by byte are joined."""
    channel, write_fd = pipe

    def dribble() -> None:
        for byte in b"\0\0\0\5hello":
            os.write(write_fd, bytes([byte]))

    sender = threading.Thread(target=dribble)
    sender.start()
    assert channel.receive() == b"hello"
    sender.join()


def test_nothing_over_the_limit_is_sent(pipe: tuple[Channel, int]) -> None:
    """A frame over the limit is refused before a byte of it is written."""
    channel, _ = pipe
    with pytest.raises(WireError, match=f"{LIMIT + 1} bytes"):
        channel.send(bytes(LIMIT + 1))
    channel.send(b"next")
    assert channel.receive() == b"next"


def test_a_frame_announced_over_the_limit_is_refused_unread(pipe: tuple[Channel, int]) -> None:
    """A size over the limit is refused by its header alone, so nothing is allocated for it."""
    channel, write_fd = pipe
    os.write(write_fd, b"\xff\xff\xff\xff")
    with pytest.raises(WireError, match="4294967295 bytes"):
        channel.receive()


@pytest.mark.parametrize("rest", [b"", b"\0\0", b"\0\0\0\5", b"\0\0\0\5hell"])
def test_an_end_in_the_middle_is_an_end(pipe: tuple[Channel, int], rest: bytes) -> None:
    """Whether between frames or within one, a closed pipe is EOF."""
    channel, write_fd = pipe
    os.write(write_fd, rest)
    os.close(write_fd)
    with pytest.raises(EOFError):
        channel.receive()


def test_a_reader_that_is_gone_is_an_os_error(pipe: tuple[Channel, int]) -> None:
    """Writing to nobody raises, as the judge expects of a dead worker."""
    channel, _ = pipe
    os.close(channel.read_fd)
    with pytest.raises(OSError, match="pipe"):
        channel.send(b"hello")


def test_one_descriptor_for_both_ways_is_closed_once() -> None:
    """A socket, which reads and writes by one descriptor, can be closed as well."""
    read_fd, write_fd = os.pipe()
    Channel(read_fd, read_fd, limit_bytes=LIMIT).close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(read_fd)
    os.close(write_fd)
