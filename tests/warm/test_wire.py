"""The messages of a warm process."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from grader.errors import CourseError, GraderError
from grader.model import GradeOptions, GradeRequest
from grader.texts import Catalog, Phrase
from grader.warm.wire import Done, Grade, Refused, decode, encode, refused
from tests.warm.conftest import write_small


def test_a_request_arrives_as_it_was_sent(tmp_path: Path) -> None:
    """Paths, limits and the whole course cross."""
    course = write_small(tmp_path)
    sent = Grade(
        GradeRequest(course.exercises[0], tmp_path / "ü.py"), GradeOptions(course=course, seed=5, lang="zh"), True
    )
    assert decode(encode(sent)) == sent


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_error_arrives_with_its_kind_and_its_words(lang: str) -> None:
    """What the command line would have said, it says."""
    texts = Catalog("zh" if lang == "zh" else "en")
    error = CourseError("workspace.cannot", action=Phrase("action.read"), path=Path("/a/b"), reason=OSError("no"))
    told = decode(encode(refused(error)))
    assert isinstance(told, Refused)
    assert type(told.error()) is CourseError
    assert texts.explain(told.error()) == texts.explain(error)


def test_an_unknown_kind_of_error_is_still_one(tmp_path: Path) -> None:
    """No name from the wire is looked up beyond the family of errors."""
    for kind in ("Nobody", "annotations", "__doc__"):
        assert type(Refused(kind, "warm.none", {}).error()) is GraderError


@pytest.mark.parametrize("data", [b"", b"\xff", b"\x81\xa4type\xa4Nope", encode(Done())[:-1]])
def test_what_is_no_message_is_refused(data: bytes) -> None:
    """Nonsense is told from messages."""
    with pytest.raises(msgspec.DecodeError):
        decode(data)
