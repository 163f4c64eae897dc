"""Reading keys from what a terminal sends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.cli.keys import Key, KeyReader


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (b"nN?", ["n", "N", "?"]),
        (b"\x1b[A\x1b[B\x1bOA\x1bOB", [Key.UP, Key.DOWN, Key.UP, Key.DOWN]),
        (
            b"\x1b[5~\x1b[6~\x1b[H\x1b[F\x1b[1~\x1b[4~",
            [Key.PAGE_UP, Key.PAGE_DOWN, Key.HOME, Key.END, Key.HOME, Key.END],
        ),
        (b"\r\n\x04\x0c", [Key.ENTER, Key.ENTER, Key.END_OF_INPUT, Key.REDRAW]),
        (b"\x1b\x1b[Aq", [Key.ESCAPE, Key.UP, "q"]),
        (b"\x1bq", [Key.ESCAPE, "q"]),
        # Keys that mean nothing here leave no letters behind.
        (b"\x1b[1;5C\x1b[15~\x1b[<0;10;20Mg", ["g"]),
        ("？ｑ".encode(), ["?", "q"]),
        (b"\xff\xfeh", ["h"]),
    ],
)
def test_keys(data: bytes, keys: list[str]) -> None:
    """Letters, sequences of both kinds, control characters and the letters of an input method are keys."""
    reader = KeyReader()
    assert reader.feed(data) == keys
    assert not reader.waiting


def test_escape_alone() -> None:
    """An escape that nothing follows is a key, once it has been waited for."""
    reader = KeyReader()
    assert reader.feed(b"\x1b") == []
    assert reader.waiting
    assert reader.flush() == [Key.ESCAPE]
    assert reader.flush() == []
    assert not reader.waiting


@given(st.lists(st.sampled_from([b"n", b"\x1b[A", b"\x1b[6~", b"\x1bOB", "？".encode(), b"\r"])), st.data())
def test_cut_anywhere(pieces: list[bytes], data: st.DataObject) -> None:
    """However the bytes are cut up on the way, the same keys come out."""
    whole = b"".join(pieces)
    expected = KeyReader().feed(whole)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)))))
    reader = KeyReader()
    got: list[str] = []
    for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        got += reader.feed(whole[start:end])
    assert got == expected


@given(st.binary())
def test_any_bytes(data: bytes) -> None:
    """No bytes make it fail or wait for more than a short sequence."""
    reader = KeyReader()
    assert all(isinstance(key, Key) or len(key) == 1 for key in [*reader.feed(data), *reader.flush()])


def test_endless_sequence() -> None:
    """A sequence that does not end does not swallow all that is typed."""
    reader = KeyReader()
    reader.feed(b"\x1b[" + b"1" * 100)
    assert "q" in reader.feed(b"\x1b[Aq")
