"""Fixtures of the judge's tests: code under test in this process, or in a confined worker."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from grader.judge.link import LocalLink
from grader.judge.student import Courier, Student
from grader.worker.nursery import Nursery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.worker.wire import Reply, Request


class FakeLink:
    """A link that answers with crafted replies, under the id that is due."""

    def __init__(self, *replies: Reply) -> None:
        self.requests: list[Request] = []
        self._replies = list(replies)

    def ask(self, request: Request) -> Reply:
        """Return the next reply."""
        self.requests.append(request)
        return self._replies.pop(0)


def student_of(**names: Any) -> Student:
    """Return the student whose file defines these names."""
    return Student(Courier(LocalLink(names), seed=0))


def liar(*replies: Reply) -> Student:
    """Return a student whose worker sends these replies."""
    return Student(Courier(FakeLink(*replies), seed=0))


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Return the nursery that forks workers."""
    if sys.platform != "linux":
        pytest.skip("workers are forked on Linux alone")
    with Nursery() as opened:
        yield opened


@pytest.fixture
def as_student() -> Callable[..., Student]:
    """Return `student_of`."""
    return student_of
