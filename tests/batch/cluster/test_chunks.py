"""Chunks: nothing lost, nothing twice, small at first and never too large."""

from __future__ import annotations

from itertools import repeat

from hypothesis import given
from hypothesis import strategies as st

from grader.batch.cluster.chunks import MOST_BYTES, MOST_JOBS, Chunks, size_of
from grader.batch.records import SourceFile
from grader.batch.work import Job


def job(size: int, *, beside: int = 0) -> Job:
    """Return a job of so many bytes, and so many in a file beside it."""
    return Job(student="a", exercise="ex1", source=b"#" * size, beside=(SourceFile("b.py", b"#" * beside),))


def drained(chunks: Chunks, *, places: int) -> list[tuple[Job, ...]]:
    """Return all chunks."""
    return list(iter(lambda: chunks.take(places), ()))


@given(count=st.integers(0, 3000), places=st.integers(0, 40))
def test_every_job_is_in_one_chunk(count: int, places: int) -> None:
    """Chunks hold all jobs, in order, and as many as they may at most."""
    jobs = [Job(student=str(n), exercise="ex1", source=b"") for n in range(count)]
    chunks = drained(Chunks(jobs), places=places)
    assert [each for chunk in chunks for each in chunk] == jobs
    assert all(len(chunk) <= MOST_JOBS for chunk in chunks)


@given(sizes=st.lists(st.integers(0, MOST_BYTES), max_size=60))
def test_a_chunk_ends_before_it_is_too_large(sizes: list[int]) -> None:
    """No chunk has more bytes than it may and one job beyond."""
    chunks = Chunks([job(0)] * 5000 + [job(size // 2, beside=size // 2) for size in sizes])
    for chunk in drained(chunks, places=1):
        assert sum(size_of(each) for each in chunk[:-1]) < MOST_BYTES


def test_a_small_class_is_shared_evenly() -> None:
    """Thirty files on eight places come one by one."""
    assert {len(chunk) for chunk in drained(Chunks([job(1)] * 30), places=8)} == {1}


def test_a_million_files_are_bearable() -> None:
    """On few places and on many, a scheduler gets between ten and fifty thousand tasks."""
    for places in (8, 1600):
        chunks = Chunks(repeat(job(1), 1_000_000))
        assert 10_000 < len(drained(chunks, places=places)) < 50_000


def test_what_comes_back_goes_first() -> None:
    """A chunk that was put back is the next one."""
    chunks = Chunks([job(1)] * 3)
    first = chunks.take(1)
    chunks.put_back((*first, job(9)))
    assert chunks.take(1) == (*first, job(9))
    assert len(drained(chunks, places=1)) == 2
