"""A terminal that is taken, drawn upon and given back."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import threading
import time
from typing import TYPE_CHECKING

import pytest

from grader.cli.keys import Key
from grader.cli.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator


class Line:
    """A pseudo-terminal: what a person sees and types is at its near end."""

    def __init__(self) -> None:
        self.near, self.far = pty.openpty()
        self.resize(80, 24)

    def resize(self, columns: int, lines: int) -> None:
        """Give it a size."""
        fcntl.ioctl(self.far, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def type(self, data: bytes) -> None:
        """Press keys."""
        os.write(self.near, data)

    def seen(self) -> bytes:
        """Return what was written since."""
        data = b""
        while select.select([self.near], [], [], 0.05)[0]:
            data += os.read(self.near, 65536)
        return data

    def close(self) -> None:
        """Close both ends."""
        for end in (self.near, self.far):
            os.close(end)


@pytest.fixture
def line() -> Iterator[Line]:
    """Return a pseudo-terminal."""
    made = Line()
    yield made
    made.close()


@pytest.fixture
def terminal(line: Line) -> Iterator[Terminal]:
    """Return a terminal that was taken."""
    with Terminal(line.far, line.far, "utf-8") as taken:
        line.seen()
        yield taken


def test_everything_is_given_back(line: Line) -> None:
    """On leaving, also by an error, screen, cursor, modes and signals are as they were."""
    usual = termios.tcgetattr(line.far)
    handlers = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGWINCH)]
    begun = b""

    def break_down() -> None:
        nonlocal begun
        with Terminal(line.far, line.far, "utf-8"):
            assert not termios.tcgetattr(line.far)[3] & (termios.ECHO | termios.ICANON)
            assert termios.tcgetattr(line.far)[3] & termios.ISIG
            begun = line.seen()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_down()
    ended = line.seen()
    for switch in (b"?1049", b"?7", b"?25"):
        on, off = (b"h", b"l") if switch == b"?1049" else (b"l", b"h")
        assert b"\x1b[" + switch + on in begun
        assert b"\x1b[" + switch + off in ended
    assert termios.tcgetattr(line.far) == usual
    assert [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGWINCH)] == handlers


def test_keys_come_at_once(terminal: Terminal, line: Line) -> None:
    """Keys need no enter, and an escape is a key when nothing follows it."""
    line.type(b"n\x1b[A")
    assert terminal.read(5).keys == ["n", Key.UP]
    line.type(b"\x1b")
    assert terminal.read(5).keys == []
    assert terminal.read(5).keys == [Key.ESCAPE]
    assert terminal.read(0.01) == ([], None)


def test_wake(terminal: Terminal) -> None:
    """Another thread ends the waiting, before it began too."""
    terminal.wake()
    assert terminal.read(5) == ([], None)
    threading.Timer(0.05, terminal.wake).start()
    start = time.monotonic()
    assert terminal.read(5) == ([], None)
    assert time.monotonic() - start < 2


def test_frames(terminal: Terminal, line: Line) -> None:
    """A frame is written at once, and of the next one only the rows that differ."""
    terminal.show(["one", "two", "three"], terminal.size)
    first = line.seen()
    assert b"\x1b[2J" in first
    assert first.index(b"one") < first.index(b"\x1b[2;1H\x1b[2Ktwo") < first.index(b"three")
    terminal.show(["one", "zwei"], terminal.size)
    second = line.seen()
    assert b"one" not in second
    assert b"\x1b[2;1H\x1b[2Kzwei" in second
    assert b"\x1b[3;1H\x1b[2K" in second
    assert b"\x1b[2J" not in second


def test_same_frame_writes_nothing(terminal: Terminal, line: Line) -> None:
    """What is there already is not written again."""
    terminal.show(["one"], terminal.size)
    line.seen()
    terminal.show(["one"], terminal.size)
    assert line.seen() == b""


def test_resize(terminal: Terminal, line: Line) -> None:
    """A change of size ends the waiting, and the next frame is drawn from nothing."""
    terminal.show(["one"], terminal.size)
    line.resize(40, 12)
    os.kill(os.getpid(), signal.SIGWINCH)
    assert terminal.read(5) == ([], None)
    assert terminal.size == (40, 12)
    line.seen()
    terminal.show(["one"], terminal.size)
    assert b"\x1b[2J" in line.seen()


def test_unknown_size(terminal: Terminal, line: Line) -> None:
    """A line without a size is taken for one of 80×24."""
    line.resize(0, 0)
    assert terminal.size == (80, 24)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_signals(terminal: Terminal, number: signal.Signals) -> None:
    """A signal that would end the program is told instead."""
    os.kill(os.getpid(), number)
    assert terminal.read(5) == ([], number)


def test_another_program_has_the_terminal(terminal: Terminal, line: Line) -> None:
    """While an editor runs nothing is drawn or read, its Ctrl-C is its own, and after it all is drawn anew."""
    terminal.show(["one"], terminal.size)
    line.seen()
    terminal.suspend()
    terminal.suspend()
    assert line.seen().count(b"?1049l") == 1
    assert termios.tcgetattr(line.far)[3] & termios.ICANON
    terminal.show(["two"], terminal.size)
    os.kill(os.getpid(), signal.SIGINT)
    assert terminal.read(5) == ([], None)
    line.type(b"q\n")
    assert terminal.read(0.05) == ([], None)
    os.kill(os.getpid(), signal.SIGTERM)
    assert terminal.read(5).ending is signal.SIGTERM
    line.seen()
    terminal.resume()
    terminal.resume()
    terminal.show(["two"], terminal.size)
    seen = line.seen()
    assert seen.count(b"?1049h") == 1
    assert b"two" in seen


def test_terminal_goes_away() -> None:
    """A terminal whose window was closed ends the program like a hang-up."""
    near, far = pty.openpty()
    with Terminal(far, far, "utf-8") as terminal:
        os.close(near)
        assert terminal.read(5).ending is signal.SIGHUP
        terminal.show(["one"], terminal.size)
        assert terminal.read(None).ending is signal.SIGHUP
    os.close(far)


def test_characters_that_the_terminal_lacks(line: Line) -> None:
    """An old encoding shows a question mark rather than failing."""
    with Terminal(line.far, line.far, "latin-1") as terminal:
        terminal.show(["中 é"], terminal.size)
        assert "? é".encode("latin-1") in line.seen()
