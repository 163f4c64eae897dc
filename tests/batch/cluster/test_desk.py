"""What a worker process grades with, without Dask around it."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

import msgspec
import pytest

from grader.batch.cluster.admission import setup_of
from grader.batch.cluster.desk import Desk, DeskClosedError
from grader.batch.cluster.wire import Graded, Refused, decode_reply, encode
from tests.batch.cluster.conftest import SLOW, a_class
from tests.warm.processes import becomes_true, below

if TYPE_CHECKING:
    from pathlib import Path

    from grader.model import GradeOptions

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc about processes")


def test_a_desk_grades_until_it_is_closed(options: GradeOptions, tmp_path: Path) -> None:
    """Outcomes come in the order of the jobs; idle, its processes go, and come again with work."""
    before = below(os.getpid())
    desk = Desk(setup_of(options, unsafe=False), address="here", places=2, scratch=tmp_path, idle_s=0.2)
    try:
        for _ in range(2):
            reply = decode_reply(desk.grade(encode(tuple(a_class(3)))))
            assert isinstance(reply, Graded)
            reports = [outcome.report for outcome in reply.outcomes]
            assert [report.status if report else None for report in reports] == ["passed", "failed", "error"]
            assert becomes_true(lambda: below(os.getpid()) <= before)
            assert list(tmp_path.glob("grading-*")) == []
        ended: list[type[Exception]] = []

        def grade() -> None:
            try:
                desk.grade(encode(tuple(a_class(200, sources=(SLOW,)))))
            except DeskClosedError as error:
                ended.append(type(error))

        thread = threading.Thread(target=grade)
        thread.start()
        assert becomes_true(lambda: not below(os.getpid()) <= before)
    finally:
        desk.close()
    thread.join(20.0)
    assert ended == [DeskClosedError]
    assert becomes_true(lambda: below(os.getpid()) <= before)
    assert list(tmp_path.glob("grading-*")) == []


def test_a_desk_that_may_not_grade_says_why(options: GradeOptions, tmp_path: Path) -> None:
    """It starts nothing and refuses every chunk, so that nobody gets a zero."""
    setup = msgspec.structs.replace(setup_of(options, unsafe=False), exercises=())
    desk = Desk(setup, address="tcp://10.0.0.1:1", places=1, scratch=tmp_path)
    reply = decode_reply(desk.grade(encode(tuple(a_class(3)))))
    desk.close()
    assert isinstance(reply, Refused)
    assert reply.address == "tcp://10.0.0.1:1"
    assert "another version of the course" in reply.reason
